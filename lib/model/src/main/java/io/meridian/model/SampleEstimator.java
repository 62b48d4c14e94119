package io.meridian.model;

/// A source that knows about how many samples its series have.
public interface SampleEstimator {
    /// Samples of an average series within the range; 0 where the source has nothing.
    double samplesPerSeries(TimeRange range);
}
