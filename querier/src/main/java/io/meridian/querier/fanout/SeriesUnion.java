package io.meridian.querier.fanout;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.querier.dedup.ChunkLanes;
import io.meridian.querier.dedup.SampleUnion;
import java.util.ArrayList;
import java.util.List;

/// One series that several sources have.
final class SeriesUnion {
    private SeriesUnion() {}

    /// The chunks of all parts, exact duplicates once; where a part has no chunks to show, the union of the samples.
    static Series of(Labels labels, List<Series> parts) {
        var chunks = new ArrayList<Chunk>();
        for (Series part : parts) {
            if (!(part instanceof ChunkedSeries series)) {
                return new Sampled(labels, parts);
            }
            chunks.addAll(series.chunks());
        }
        return new ChunkSeries(labels, ChunkLanes.distinctInOrder(chunks));
    }

    private record Sampled(Labels labels, List<Series> parts) implements Series {
        @Override
        public void read(TimeRange range, SampleBuffer target) {
            SampleUnion.read(parts, range, target);
        }

        @Override
        public long retainedBytes() {
            return parts.stream().mapToLong(Series::retainedBytes).sum();
        }
    }
}
