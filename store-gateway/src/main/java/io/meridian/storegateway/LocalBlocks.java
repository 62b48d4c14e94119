package io.meridian.storegateway;

import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folders below the data directory, one per block, that hold what is kept of it between starts.
record LocalBlocks(Path root) {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBlocks.class);

    Path directory(BlockId id) {
        return root.resolve(id.toString());
    }

    /// Removes the folders of blocks that the bucket no longer has.
    void retain(Set<BlockId> ids) {
        try (var folders = Files.newDirectoryStream(root)) {
            for (Path folder : folders) {
                String name = String.valueOf(folder.getFileName());
                if (BlockId.isBlockId(name) && !ids.contains(BlockId.parse(name))) {
                    remove(folder);
                }
            }
        } catch (NoSuchFileException e) {
            // nothing was kept yet
        } catch (IOException e) {
            LOG.warn("cannot clean {}", root, e);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
