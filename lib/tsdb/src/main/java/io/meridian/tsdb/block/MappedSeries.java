package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A raw series of a block in a directory whose chunks do not overlap: they are read from the mapped file when the
/// samples are wanted. A chunk that cannot be read costs its own samples and a notice.
final class MappedSeries implements ChunkedSeries {
    /// What the series of one selection share.
    record Reading(Block block, MappedChunks chunks, QueryContext context) {}

    private static final long RETAINED_BYTES = 48;

    private final Reading reading;
    private final SeriesEntry entry;
    private final int from;
    private final int to;

    /// The entry's chunks `from .. to - 1`.
    MappedSeries(Reading reading, SeriesEntry entry, int from, int to) {
        this.reading = reading;
        this.entry = entry;
        this.from = from;
        this.to = to;
    }

    @Override
    public Labels labels() {
        return entry.labels();
    }

    @Override
    public boolean isPlain() {
        return true;
    }

    @Override
    public TimeRange extent() {
        return new TimeRange(entry.chunkMinMs(from), entry.chunkMaxMs(to - 1));
    }

    @Override
    public void read(TimeRange range, SampleBuffer target) {
        long bytes = 0;
        for (int i = from; i < to; i++) {
            if (entry.chunkMaxMs(i) < range.minMs() || entry.chunkMinMs(i) > range.maxMs()) {
                continue;
            }
            int before = target.size();
            long minMs = entry.chunkMinMs(i);
            long maxMs = entry.chunkMaxMs(i);
            try {
                bytes += reading.chunks().decode(entry.chunkRef(i), minMs, maxMs, range.maxMs(), target);
                target.clip(before, range);
            } catch (IOException e) {
                reading.block().fail(e, reading.context());
            } catch (CorruptDataException e) {
                // samples elsewhere than the index says are not this chunk's
                target.clipUnordered(before, range.intersect(new TimeRange(minMs, maxMs)));
                reading.block().fail(e, reading.context());
            }
        }
        reading.context().countRead(1, bytes);
    }

    @Override
    public List<Chunk> chunks() {
        var chunks = new ArrayList<Chunk>(to - from);
        long bytes = 0;
        for (int i = from; i < to; i++) {
            try {
                var chunk = reading.chunks()
                        .chunk(
                                entry.chunkRef(i),
                                entry.chunkMinMs(i),
                                entry.chunkMaxMs(i),
                                reading.block().origin());
                bytes += chunk.length();
                chunks.add(chunk);
            } catch (IOException | CorruptDataException e) {
                reading.block().fail(e, reading.context());
            }
        }
        reading.context().countRead(1, bytes);
        return chunks;
    }

    @Override
    public void visit(Visitor visitor) {
        visitor.from(reading.block().origin());
        long bytes = 0;
        for (int i = from; i < to; i++) {
            try {
                bytes += reading.chunks().visit(entry.chunkRef(i), entry.chunkMinMs(i), entry.chunkMaxMs(i), visitor);
            } catch (IOException | CorruptDataException e) {
                reading.block().fail(e, reading.context());
            }
        }
        reading.context().countRead(1, bytes);
    }

    @Override
    public long retainedBytes() {
        return RETAINED_BYTES;
    }
}
