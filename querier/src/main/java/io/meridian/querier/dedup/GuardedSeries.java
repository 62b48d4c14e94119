package io.meridian.querier.dedup;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
                var chunks = new ArrayList<Chunk>();
                for (Chunk chunk : series.chunks()) {
                    chunks.addAll(sound(replica.labels(), chunk, range));
                }
                sound.add(new ChunkSeries(replica.labels(), chunks));
            } else if (canBeRead(replica, range)) {
                sound.add(replica);
            }
        }
        return sound;
    }

    /// What of a chunk can be trusted; tells what is wrong with one within the range.
    private List<Chunk> sound(Labels replica, Chunk chunk, TimeRange range) {
        ChunkInspection inspected = ChunkInspection.of(chunk);
        if (inspected.defect() != null) {
            tell(replica, chunk.origin(), new TimeRange(chunk.minMs(), chunk.maxMs()), range, inspected.defect());
        }
        return inspected.sound();
    }

    private boolean canBeRead(Series replica, TimeRange range) {
        SampleBuffer decoded = ScratchBuffers.take();
        try {
            replica.read(range, decoded);
            return true;
        } catch (CorruptDataException e) {
            tell(replica.labels(), null, range, range, String.valueOf(e.getMessage()));
            return false;
        } finally {
            ScratchBuffers.release(decoded);
        }
    }

    private void tell(Labels replica, @Nullable ChunkOrigin origin, TimeRange times, TimeRange wanted, String defect) {
        if (origin != null) {
            origin.broken(
                    "a chunk of %s of the times %d to %d: %s".formatted(replica, times.minMs(), times.maxMs(), defect));
        }
        if (times.overlaps(wanted)) {
            String reason = "a chunk of this series cannot be decoded as it stands, samples are missing: " + defect;
            context.sourceFailed(
                    new Notice(origin == null ? "series" : origin.name(), replica, times, reason), Fault.CORRUPT_BLOCK);
        }
    }

    @Override
    public long retainedBytes() {
        return whole.retainedBytes();
    }
}
