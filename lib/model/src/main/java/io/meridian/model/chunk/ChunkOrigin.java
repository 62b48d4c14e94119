package io.meridian.model.chunk;

/// Where a chunk was read, so that whoever decodes it and finds it broken can say so.
public interface ChunkOrigin {
    /// As it stands in a warning: the block, and who has it.
    String name();

    /// Told what is wrong with a chunk, though its checksum fits.
    default void broken(String reason) {}

    /// One of which only the name is known.
    record Named(String name) implements ChunkOrigin {}
}
