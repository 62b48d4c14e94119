package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkedSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A series of several blocks whose times are apart, read one after the other from where they lie.
final class ConsecutiveSeries implements ChunkedSeries {
    private final List<ChunkedSeries> parts;

    private ConsecutiveSeries(List<ChunkedSeries> parts) {
        this.parts = parts;
    }

    /// Null if a part is not plain or the parts overlap.
    static @Nullable ConsecutiveSeries of(List<ChunkedSeries> parts) {
        for (ChunkedSeries part : parts) {
            if (!part.isPlain()) {
                return null;
            }
        }
        var sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparingLong(part -> part.extent().minMs()));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).extent().minMs() <= sorted.get(i - 1).extent().maxMs()) {
                return null;
            }
        }
        return new ConsecutiveSeries(sorted);
    }

    @Override
    public Labels labels() {
        return parts.getFirst().labels();
    }

    @Override
    public boolean isPlain() {
        return true;
    }

    @Override
    public TimeRange extent() {
        return new TimeRange(
                parts.getFirst().extent().minMs(), parts.getLast().extent().maxMs());
    }

    @Override
    public void read(TimeRange range, SampleBuffer target) {
        int start = target.size();
        for (ChunkedSeries part : parts) {
            if (part.extent().overlaps(range)) {
                // chunks may reach farther than their stated times
                long last = target.size() == start ? Long.MIN_VALUE : target.times()[target.size() - 1];
                part.read(last < range.minMs() ? range : new TimeRange(last + 1, range.maxMs()), target);
            }
        }
    }

    @Override
    public List<Chunk> chunks() {
        var chunks = new ArrayList<Chunk>();
        for (ChunkedSeries part : parts) {
            chunks.addAll(part.chunks());
        }
        return chunks;
    }

    @Override
    public void visit(Visitor visitor) {
        for (ChunkedSeries part : parts) {
            part.visit(visitor);
        }
    }

    @Override
    public long retainedBytes() {
        long bytes = 0;
        for (ChunkedSeries part : parts) {
            bytes += part.retainedBytes();
        }
        return bytes;
    }
}
