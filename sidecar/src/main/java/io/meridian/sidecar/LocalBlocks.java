package io.meridian.sidecar;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The blocks in Prometheus' data directory.
///
/// @param readable oldest first
/// @param broken   blocks whose meta.json cannot be read, with the reason
record LocalBlocks(List<BlockMeta> readable, Map<BlockId, String> broken) {
    /// @throws IOException if the directory itself cannot be read
    static LocalBlocks list(Path directory) throws IOException {
        var readable = new ArrayList<BlockMeta>();
        var broken = new LinkedHashMap<BlockId, String>();
        List<Path> folders;
        try (Stream<Path> entries = Files.list(directory)) {
            folders = entries.filter(
                            path -> BlockId.isBlockId(path.getFileName().toString()))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
        for (Path folder : folders) {
            BlockId id = BlockId.parse(folder.getFileName().toString());
            Path file = folder.resolve(BlockMeta.FILE);
            try {
                readable.add(BlockMeta.parse(file.toString(), Files.readAllBytes(file)));
            } catch (NoSuchFileException e) {
                // Prometheus may have deleted the block between listing and reading.
                if (Files.isDirectory(folder)) {
                    broken.put(id, "no " + BlockMeta.FILE);
                }
            } catch (IOException | CorruptDataException e) {
                broken.put(id, String.valueOf(e.getMessage()));
            }
        }
        readable.sort(Comparator.comparingLong(BlockMeta::minTimeMs).thenComparing(BlockMeta::id));
        return new LocalBlocks(readable, broken);
    }
}
