package io.meridian.querier.dedup;

import io.meridian.model.CounterResetHint;
import io.meridian.model.SampleBuffer;

/// Moves samples between buffers.
final class SampleCopy {
    private SampleCopy() {}

    static void appendAll(SampleBuffer from, SampleBuffer to) {
        if (from.histograms() != null || from.startTimes() != null) {
            for (int i = 0; i < from.size(); i++) {
                to.append(from, i);
            }
            return;
        }
        to.ensure(from.size());
        System.arraycopy(from.times(), 0, to.times(), to.size(), from.size());
        System.arraycopy(from.values(), 0, to.values(), to.size(), from.size());
        to.advance(from.size());
    }

    /// The last sample follows one of another source: what its histogram says of a reset does not hold any more.
    static void forgetReset(SampleBuffer buffer) {
        var histograms = buffer.histograms();
        int last = buffer.size() - 1;
        if (histograms != null && histograms.isPresent(last) && histograms.hint(last) != CounterResetHint.GAUGE) {
            histograms.setHint(last, CounterResetHint.UNKNOWN);
        }
    }
}
