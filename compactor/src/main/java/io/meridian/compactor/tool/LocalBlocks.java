package io.meridian.compactor.tool;

import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Block directories of this machine.
final class LocalBlocks {
    private LocalBlocks() {}

    /// @throws IllegalArgumentException if the directory is no block
    static Block open(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        String name = String.valueOf(absolute.getFileName());
        if (parent == null || !Files.isDirectory(absolute) || !BlockId.isBlockId(name)) {
            throw new IllegalArgumentException(directory + " is not a block: expected a folder named by a ULID");
        }
        return BlockFiles.open(new FilesystemBucket(parent), BlockId.parse(name));
    }
}
