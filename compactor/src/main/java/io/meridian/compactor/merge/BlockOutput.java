package io.meridian.compactor.merge;

import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;

/// Where a new block goes.
public interface BlockOutput {
    /// Called once.
    ///
    /// @param symbols as [BlockWriter] wants them
    BlockWriter open(Iterable<String> symbols) throws IOException;

    /// Counts memory that is held until the block is written.
    default void hold(long bytes) {}

    /// Called now and then while series are written; throws if that went too far.
    default void progress() throws IOException {}

    /// A directory that does not exist yet.
    static BlockOutput directory(Path directory) {
        return symbols -> new BlockWriter(directory, symbols);
    }
}
