package io.meridian.tsdb.index;

/// What reading costs where the bytes lie, from which ranges are joined: a gap is read over where that takes less time
/// than another request.
///
/// @param gapBytesMax  ranges with no more than this between them become one request
/// @param partBytesMax no request is made longer than this by joining
/// @param parallel     requests at once for one read
public record ReadCost(long gapBytesMax, long partBytesMax, int parallel) {
    /// A directory: bytes are mapped, so only the system call counts.
    public static final ReadCost LOCAL = new ReadCost(4096, 1 << 20, 1);

    /// Object storage that nothing is known about: 30 ms to the first byte, then 50 MB/s.
    public static final ReadCost REMOTE = of(30, 50_000_000);

    /// @param latencyMs      from request to first byte, in milliseconds
    /// @param bytesPerSecond of one connection
    public static ReadCost of(long latencyMs, long bytesPerSecond) {
        return new ReadCost(latencyMs * bytesPerSecond / 1000, 16 << 20, 16);
    }
}
