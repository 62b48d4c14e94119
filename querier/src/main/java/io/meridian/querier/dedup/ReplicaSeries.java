package io.meridian.querier.dedup;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkedSeries;
import java.util.ArrayList;
import java.util.List;

/// One series as a query sees it: of all its replicas, read with the aggregates that the query's function wants.
///
/// A series that one replica alone has is the union of its chunks. Several replicas are laid out in lanes by their
/// chunks, as Thanos does, and merged by the deduplication function.
final class ReplicaSeries implements Series {
    private final Labels labels;
    private final AggregateReading reading;
    private final DeduplicationFunction function;
    private final boolean replicated;
    private final boolean counter;
    private final boolean downsampled;
    private final List<List<Chunk>> lanes;
    /// replicas that have no chunks to show, each a lane of its own
    private final List<Series> opaque;
    private final long retainedBytes;

    ReplicaSeries(Labels labels, List<Series> replicas, AggregateReading reading, DeduplicationFunction function) {
        this.labels = labels;
        this.reading = reading;
        this.function = function;
        this.replicated = replicas.size() > 1;
        var chunks = new ArrayList<Chunk>();
        var others = new ArrayList<Series>();
        long bytes = 0;
        for (Series replica : replicas) {
            bytes += replica.retainedBytes();
            if (replica instanceof ChunkedSeries series) {
                for (Chunk chunk : series.chunks()) {
                    // what is not read must not decide which chunks are equal, or which comes first
                    chunks.add(chunk instanceof AggregateChunk all ? all.retaining(reading.aggregates()) : chunk);
                }
            } else {
                others.add(replica);
            }
        }
        List<Chunk> ordered = ChunkLanes.distinctInOrder(chunks);
        this.downsampled = ChunkLanes.hasAggregates(ordered);
        this.counter = downsampled && reading == AggregateReading.COUNTER;
        // where resolutions of one replica overlap, the union would mix raw values and aggregates
        this.lanes = downsampled && !replicated ? List.of(ordered) : ChunkLanes.split(ordered);
        this.opaque = others;
        this.retainedBytes = bytes;
    }

    @Override
    public Labels labels() {
        return labels;
    }

    @Override
    public void read(TimeRange range, SampleBuffer target) {
        if (target.size() == 0) {
            readIntoEmpty(range, target);
            return;
        }
        SampleBuffer own = ScratchBuffers.take();
        try {
            readIntoEmpty(range, own);
            SampleCopy.appendAll(own, target);
        } finally {
            ScratchBuffers.release(own);
        }
    }

    private void readIntoEmpty(TimeRange range, SampleBuffer target) {
        if (lanes.size() + opaque.size() <= 1) {
            readLane(0, range, target);
            return;
        }
        var decoded = new ArrayList<SampleBuffer>(lanes.size() + opaque.size());
        try {
            for (int lane = 0; lane < lanes.size() + opaque.size(); lane++) {
                SampleBuffer buffer = ScratchBuffers.take();
                decoded.add(buffer);
                readLane(lane, range, buffer);
            }
            if (replicated) {
                function.merge(decoded, counter, target);
            } else {
                ChainMerge.merge(decoded, target);
            }
        } finally {
            decoded.forEach(ScratchBuffers::release);
        }
    }

    private void readLane(int lane, TimeRange range, SampleBuffer target) {
        if (lane < lanes.size()) {
            LaneReader.read(lanes.get(lane), reading, counter, range, target);
        } else if (lane - lanes.size() < opaque.size()) {
            opaque.get(lane - lanes.size()).read(range, target);
        }
    }

    @Override
    public long retainedBytes() {
        return retainedBytes;
    }
}
