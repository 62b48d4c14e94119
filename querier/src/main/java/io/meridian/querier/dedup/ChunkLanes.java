package io.meridian.querier.dedup;

import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chunks of one series that may overlap, laid out in lanes in which none do.
public final class ChunkLanes {
    private static final Comparator<Chunk> BY_TIME =
            Comparator.comparingLong(Chunk::minMs).thenComparingLong(Chunk::maxMs);

    /// By time, then by the bytes, the larger first: which of two replicas leads is decided here, so the order is
    /// Thanos' (`pkg/store/storepb/custom.go`).
    private static final Comparator<Chunk> ORDER = BY_TIME.thenComparing(ChunkLanes::compareContent);

    private ChunkLanes() {}

    /// The chunks in order, exact duplicates once.
    public static List<Chunk> distinctInOrder(Collection<? extends Chunk> chunks) {
        if (isAscendingWithoutOverlap(chunks)) {
            return List.copyOf(chunks);
        }
        var distinct = new ArrayList<Chunk>(new LinkedHashSet<>(chunks));
        distinct.sort(ORDER);
        return distinct;
    }

    private static boolean isAscendingWithoutOverlap(Collection<? extends Chunk> chunks) {
        long last = Long.MIN_VALUE;
        boolean first = true;
        for (Chunk chunk : chunks) {
            if (!first && chunk.minMs() <= last) {
                return false;
            }
            first = false;
            last = chunk.maxMs();
        }
        return true;
    }

    /// Puts each chunk into the first lane whose last chunk ends before it begins.
    ///
    /// @param ordered as [#distinctInOrder] gives them
    static List<List<Chunk>> split(List<Chunk> ordered) {
        var lanes = new ArrayList<List<Chunk>>();
        for (Chunk chunk : ordered) {
            List<Chunk> free = null;
            for (List<Chunk> lane : lanes) {
                if (lane.getLast().maxMs() < chunk.minMs()) {
                    free = lane;
                    break;
                }
            }
            if (free == null) {
                free = new ArrayList<>();
                lanes.add(free);
            }
            free.add(chunk);
        }
        return lanes;
    }

    static boolean hasAggregates(List<Chunk> chunks) {
        for (Chunk chunk : chunks) {
            if (chunk instanceof AggregateChunk) {
                return true;
            }
        }
        return false;
    }

    private static int compareContent(Chunk a, Chunk b) {
        return switch (a) {
            case EncodedChunk left -> b instanceof EncodedChunk right ? compareBytes(left, right) : -1;
            case AggregateChunk left -> b instanceof AggregateChunk right ? compareParts(left, right) : 1;
        };
    }

    private static int compareParts(AggregateChunk a, AggregateChunk b) {
        for (Aggregate aggregate : Aggregate.values()) {
            int compared = compareBytes(a.part(aggregate), b.part(aggregate));
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    private static int compareBytes(@Nullable EncodedChunk a, @Nullable EncodedChunk b) {
        if (a == null || b == null) {
            return a == null ? (b == null ? 0 : 1) : -1;
        }
        int byType = Integer.compare(a.encoding().id(), b.encoding().id());
        return byType != 0
                ? byType
                : Arrays.compareUnsigned(
                        b.array(), b.offset(), b.offset() + b.length(), a.array(), a.offset(), a.offset() + a.length());
    }
}
