package io.meridian.compactor.merge;

import io.meridian.model.chunk.ExactSamples;

/// Takes merged samples in time order.
interface SampleSink {
    /// @param consecutive whether the sample follows the one before in the same source, so that what the source knows
    ///                    of counter resets still holds
    void accept(ExactSamples source, int index, boolean consecutive);
}
