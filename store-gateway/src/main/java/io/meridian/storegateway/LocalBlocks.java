package io.meridian.storegateway;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.index.IndexHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files below the data directory that hold what is kept of the blocks between starts: an index-header for each,
/// and one file for all small objects.
record LocalBlocks(Path root) {
    private static final Logger log = LoggerFactory.getLogger(LocalBlocks.class);
    private static final String HEADER_SUFFIX = "." + IndexHeader.FILE;

    void create() throws IOException {
        Files.createDirectories(root);
    }

    /// Where the block's index-header is, or will be.
    Path header(BlockId id) {
        return root.resolve(id + HEADER_SUFFIX);
    }

    /// Where meta.json and marks of all blocks are.
    Path smallObjects() {
        return root.resolve("small-objects");
    }

    /// Removes what is kept of a block whose objects were replaced.
    void forget(BlockId id) throws IOException {
        Files.deleteIfExists(header(id));
    }

    /// Removes the files of blocks that the bucket no longer has.
    void retain(Set<BlockId> ids) {
        try (var files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                int dot = name.indexOf('.');
                String id = dot < 0 ? name : name.substring(0, dot);
                if (BlockId.isBlockId(id) && !ids.contains(BlockId.parse(id))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            log.warn("cannot clean {}", root, e);
        }
    }
}
