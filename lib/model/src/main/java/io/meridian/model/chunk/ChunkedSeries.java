package io.meridian.model.chunk;

import io.meridian.model.Series;
import java.util.List;

/// A series that can show its chunks.
public interface ChunkedSeries extends Series {
    /// Ascending by [Chunk#minMs], then [Chunk#maxMs]; they may overlap, and may differ in resolution.
    List<Chunk> chunks();

    /// Whether the chunks are raw and apart from each other, so that [#read] is all there is to know, and costs less
    /// than the chunks.
    default boolean isPlain() {
        return false;
    }
}
