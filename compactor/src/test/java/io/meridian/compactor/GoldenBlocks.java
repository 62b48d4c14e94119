package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.objstore.FilesystemBucket;
import io.meridian.testkit.Shared;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Blocks that the real programs wrote.
public final class GoldenBlocks {
    private GoldenBlocks() {}

    /// All blocks of a folder below `golden/storage`, by name.
    public static List<Block> open(String folder) throws IOException {
        Path path = Shared.require("golden/storage/" + folder);
        var bucket = new FilesystemBucket(path);
        var blocks = new ArrayList<Block>();
        try (var entries = Files.list(path)) {
            for (Path entry : entries.sorted().toList()) {
                if (BlockId.isBlockId(entry.getFileName().toString())) {
                    blocks.add(BlockFiles.open(
                            bucket, BlockId.parse(entry.getFileName().toString())));
                }
            }
        }
        return blocks;
    }

    /// The directory of the one block in a folder below `golden/storage`.
    public static Path single(String folder) throws IOException {
        try (var entries = Files.list(Shared.require("golden/storage/" + folder))) {
            return entries.filter(entry -> BlockId.isBlockId(entry.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    public static BlockMeta meta(Path block) throws IOException {
        return BlockMeta.parse(block.toString(), Files.readAllBytes(block.resolve("meta.json")));
    }

    /// Segments and index are the same, byte for byte.
    public static void assertSameData(Path actual, Path expected) throws IOException {
        try (var segments = Files.list(expected.resolve("chunks"))) {
            for (Path segment : segments.toList()) {
                Path own = actual.resolve("chunks").resolve(segment.getFileName());
                assertThat(own).exists();
                assertThat(Files.mismatch(own, segment))
                        .as("first difference in segment %s", segment.getFileName())
                        .isEqualTo(-1);
            }
        }
        assertThat(Files.mismatch(actual.resolve("index"), expected.resolve("index")))
                .as("first difference in the index")
                .isEqualTo(-1);
    }
}
