package io.meridian.model.chunk;

import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import java.util.List;

/// A series as its chunks, encoded as they were stored.
///
/// @param chunks ascending by [Chunk#minMs], then [Chunk#maxMs]; they may overlap, and may differ in resolution
public record ChunkSeries(Labels labels, List<Chunk> chunks) implements Series {
    public ChunkSeries {
        chunks = List.copyOf(chunks);
    }

    /// Reads the chunks one after the other; of samples that overlap the earlier chunk's stay.
    ///
    /// @throws QueryException if a chunk is downsampled: whoever reads those must choose an aggregate
    @Override
    public void read(TimeRange range, SampleBuffer target) {
        var decoded = new SampleBuffer();
        long last = Long.MIN_VALUE;
        boolean first = true;
        for (Chunk chunk : chunks) {
            if (chunk.maxMs() < range.minMs() || chunk.minMs() > range.maxMs()) {
                continue;
            }
            if (!(chunk instanceof EncodedChunk encoded)) {
                throw new QueryException(Fault.INTERNAL, "no aggregate chosen for downsampled series " + labels);
            }
            decoded.clear();
            ChunkCodec.decode(encoded, decoded);
            long[] times = decoded.times();
            for (int i = 0; i < decoded.size(); i++) {
                if (range.contains(times[i]) && (first || times[i] > last)) {
                    target.append(decoded, i);
                    last = times[i];
                    first = false;
                }
            }
        }
    }

    @Override
    public long retainedBytes() {
        long bytes = 64;
        for (Chunk chunk : chunks) {
            bytes += chunk.retainedBytes();
        }
        return bytes;
    }
}
