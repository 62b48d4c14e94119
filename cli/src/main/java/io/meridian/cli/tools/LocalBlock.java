package io.meridian.cli.tools;

import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.BlockId;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// A block directory on this machine: the folder around it is its bucket.
record LocalBlock(FilesystemBucket bucket, BlockId id) {
    static LocalBlock of(CommandSpec spec, Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        String name = String.valueOf(absolute.getFileName());
        if (!Files.isDirectory(absolute) || !BlockId.isBlockId(name) || absolute.getParent() == null) {
            throw new ParameterException(
                    spec.commandLine(), directory + " is not a block: expected a folder named by a ULID");
        }
        return new LocalBlock(new FilesystemBucket(absolute.getParent()), BlockId.parse(name));
    }
}
