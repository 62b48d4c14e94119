package io.meridian.proto.store;

import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.proto.codec.ChunkReencoder;
import java.util.List;

/// The chunks of any series: its own, or its samples encoded.
final class ChunksOf {
    private ChunksOf() {}

    static List<Chunk> series(Series series, ChunkReencoder reencoder) {
        if (series instanceof ChunkedSeries chunked) {
            return chunked.chunks();
        }
        var samples = new SampleBuffer();
        series.read(TimeRange.ALL, samples);
        return reencoder.encode(samples);
    }
}
