package io.meridian.tsdb.block;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import java.util.List;

/// A series some of whose samples are deleted.
///
/// @param deleted ascending, apart from each other
record DeletedSamples(Series series, List<TimeRange> deleted) implements Series {
    /// The chunks that are not deleted as a whole.
    static List<Chunk> remaining(List<Chunk> chunks, List<TimeRange> deleted) {
        if (deleted.isEmpty()) {
            return chunks;
        }
        return chunks.stream()
                .filter(chunk -> deleted.stream()
                        .noneMatch(range -> range.minMs() <= chunk.minMs() && chunk.maxMs() <= range.maxMs()))
                .toList();
    }

    /// Whether any deleted time lies within a chunk.
    static boolean touches(List<Chunk> chunks, List<TimeRange> deleted) {
        if (deleted.isEmpty()) {
            return false;
        }
        return chunks.stream()
                .anyMatch(chunk -> deleted.stream()
                        .anyMatch(range -> range.overlaps(new TimeRange(chunk.minMs(), chunk.maxMs()))));
    }

    @Override
    public Labels labels() {
        return series.labels();
    }

    @Override
    public void read(TimeRange range, SampleBuffer target) {
        var all = new SampleBuffer();
        series.read(range, all);
        long[] times = all.times();
        int interval = 0;
        for (int i = 0; i < all.size(); i++) {
            while (interval < deleted.size() && deleted.get(interval).maxMs() < times[i]) {
                interval++;
            }
            if (interval == deleted.size() || times[i] < deleted.get(interval).minMs()) {
                target.append(all, i);
            }
        }
    }

    @Override
    public long retainedBytes() {
        return series.retainedBytes() + 24L * deleted.size();
    }
}
