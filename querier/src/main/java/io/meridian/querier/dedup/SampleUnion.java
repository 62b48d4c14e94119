package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/// Every sample that any of several readings of one series has.
public final class SampleUnion {
    private SampleUnion() {}

    /// Appends them to `target`.
    public static void read(List<Series> parts, TimeRange range, SampleBuffer target) {
        var buffers = new ArrayList<SampleBuffer>(parts.size());
        try {
            for (Series part : parts) {
                SampleBuffer buffer = ScratchBuffers.take();
                buffers.add(buffer);
                part.read(range, buffer);
            }
            ChainMerge.merge(buffers, target);
        } finally {
            buffers.forEach(ScratchBuffers::release);
        }
    }
}
