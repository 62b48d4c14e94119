package io.meridian.tsdb.index;

/// Where a list of series lies in the index file, with its length and checksum.
///
/// @param offset first byte
/// @param end    first byte after it (it may be less where there is padding), or -1 where that is not known
public record PostingsExtent(long offset, long end) {
    /// Length, count and checksum of an empty list.
    static final int LENGTH_MIN = 12;
}
