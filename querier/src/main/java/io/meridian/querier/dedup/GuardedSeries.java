package io.meridian.querier.dedup;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A series of which a chunk may turn out to be broken when it is read: that chunk costs its own samples and a notice.
///
/// @param merge what makes one series of the replicas
/// @param whole that, of all that came
record GuardedSeries(
        Labels labels, List<Series> replicas, Function<List<Series>, Series> merge, Series whole, QueryContext context)
        implements Series {
    static GuardedSeries of(
            Labels labels, List<Series> replicas, Function<List<Series>, Series> merge, QueryContext context) {
        return new GuardedSeries(labels, replicas, merge, merge.apply(replicas), context);
    }

    @Override
    public void read(TimeRange range, SampleBuffer target) {
        int before = target.size();
        try {
            whole.read(range, target);
        } catch (CorruptDataException e) {
            target.retain(0, before);
            merge.apply(sound(range)).read(range, target);
        }
    }

    private List<Series> sound(TimeRange range) {
        var sound = new ArrayList<Series>();
        for (Series replica : replicas) {
            if (replica instanceof ChunkedSeries series) {
                var chunks = new ArrayList<>(series.chunks());
                chunks.removeIf(chunk -> !isSound(replica.labels(), chunk, range));
                sound.add(new ChunkSeries(replica.labels(), chunks));
            } else {
                sound.add(replica);
            }
        }
        return sound;
    }

    /// Tells of a chunk within the range that cannot be decoded.
    private boolean isSound(Labels replica, Chunk chunk, TimeRange range) {
        SampleBuffer decoded = ScratchBuffers.take();
        try {
            switch (chunk) {
                case EncodedChunk encoded -> ChunkCodec.decode(encoded, decoded);
                case AggregateChunk aggregates -> {
                    for (Aggregate aggregate : Aggregate.values()) {
                        EncodedChunk part = aggregates.part(aggregate);
                        if (part != null) {
                            ChunkCodec.decode(part, decoded);
                            decoded.clear();
                        }
                    }
                }
            }
            return true;
        } catch (CorruptDataException e) {
            var times = new TimeRange(chunk.minMs(), chunk.maxMs());
            if (times.overlaps(range)) {
                String reason = "a chunk of this series cannot be decoded, its samples are missing: " + e.getMessage();
                context.sourceFailed(new Notice("series", replica, times, reason), Fault.CORRUPT_BLOCK);
            }
            return false;
        } finally {
            ScratchBuffers.release(decoded);
        }
    }

    @Override
    public long retainedBytes() {
        return whole.retainedBytes();
    }
}
