package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;
import java.util.List;

/// How replicas become one series (`--deduplication.func`).
public enum DeduplicationFunction {
    /// One replica at a time, see [PenaltyMerge].
    PENALTY,
    /// All samples of all replicas, see [ChainMerge].
    CHAIN;

    /// Appends what the lanes are together to an empty buffer.
    ///
    /// @param lanes  at least one; left as they are
    /// @param adjust whether the values are a counter that must not fall where the replica changes
    void merge(List<SampleBuffer> lanes, boolean adjust, SampleBuffer target) {
        switch (this) {
            case CHAIN -> ChainMerge.merge(lanes, target);
            case PENALTY -> foldByPenalty(lanes, adjust, target);
        }
    }

    private static void foldByPenalty(List<SampleBuffer> lanes, boolean adjust, SampleBuffer target) {
        int last = lanes.size() - 1;
        if (last == 0) {
            SampleCopy.appendAll(lanes.getFirst(), target);
            return;
        }
        SampleBuffer merged = lanes.getFirst();
        for (int lane = 1; lane < last; lane++) {
            SampleBuffer next = ScratchBuffers.take();
            PenaltyMerge.merge(merged, lanes.get(lane), adjust, next);
            if (lane > 1) {
                ScratchBuffers.release(merged);
            }
            merged = next;
        }
        PenaltyMerge.merge(merged, lanes.get(last), adjust, target);
        if (last > 1) {
            ScratchBuffers.release(merged);
        }
    }
}
