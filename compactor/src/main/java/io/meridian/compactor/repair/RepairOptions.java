package io.meridian.compactor.repair;

import io.meridian.model.Labels;

/// How a block is to be repaired.
///
/// @param apply        whether to do what is proposed
/// @param widenRange   whether chunks outside of the block's range stay, and the range is set to what they need
/// @param labels       external labels to use where meta.json is lost; empty: none given
/// @param resolutionMs to use where meta.json is lost
public record RepairOptions(boolean apply, boolean widenRange, Labels labels, long resolutionMs) {
    public static final RepairOptions PROPOSE = new RepairOptions(false, false, Labels.empty(), 0);

    public RepairOptions applied() {
        return new RepairOptions(true, widenRange, labels, resolutionMs);
    }
}
