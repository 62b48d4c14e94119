package io.meridian.model.chunk;

/// What a downsampled chunk keeps of each window, in the order of its slots on disk (Thanos `downsample/aggr.go`).
public enum Aggregate {
    COUNT,
    SUM,
    MIN,
    MAX,
    COUNTER
}
