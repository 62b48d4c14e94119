package io.meridian.compactor.repair;

import io.meridian.model.Labels;

/// What a repaired block does not have any more.
///
/// @param labels  of the series; empty where they are lost with it
/// @param minMs   milliseconds since the epoch, inclusive
/// @param maxMs   inclusive
/// @param samples -1 where they cannot be counted
/// @param reason  what is wrong with what was there
public record Loss(Labels labels, long minMs, long maxMs, long samples, String reason) {
    public static final long UNCOUNTED = -1;

    public boolean isCounted() {
        return samples != UNCOUNTED;
    }

    /// Name for people.
    public String series() {
        return labels.isEmpty() ? "a series whose labels are lost" : labels.toString();
    }
}
