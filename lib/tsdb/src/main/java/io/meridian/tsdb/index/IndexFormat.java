package io.meridian.tsdb.index;

/// Named numbers of the `index` file (Prometheus `tsdb/docs/format/index.md`):
///
/// ```
/// magic, version · symbols · series · [label indices] · postings · [label offset table] · postings offset table · TOC
/// ```
final class IndexFormat {
    static final int MAGIC = 0xBAAAD700;
    static final int VERSION_1 = 1;
    static final int VERSION_2 = 2;
    static final int VERSION_3 = 3;

    /// Magic and version.
    static final int HEADER_LENGTH = 5;

    /// Six offsets and a checksum.
    static final int TOC_LENGTH = 6 * 8 + 4;

    static final int CRC_LENGTH = 4;

    /// Series begin at multiples of this since version 2, and are referred to by the quotient.
    static final int SERIES_ALIGNMENT = 16;

    /// One in so many entries of a table has its offset in memory.
    static final int SAMPLING = 32;

    private IndexFormat() {}

    /// The factor between a series reference and its offset in the file.
    static int refScale(int version) {
        return version == VERSION_1 ? 1 : SERIES_ALIGNMENT;
    }
}
