package io.meridian.model;

/// One series of an answer. May be read from any thread, and more than once.
public interface Series {
    Labels labels();

    /// Appends the samples within the range, strictly ascending in time, stale markers included.
    ///
    /// @throws CorruptDataException if the bytes are not what their encoding promises
    void read(TimeRange range, SampleBuffer target);

    /// Bytes this series keeps in memory, for budgets.
    long retainedBytes();
}
