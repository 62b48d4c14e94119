package io.meridian.model.chunk;

/// How the bytes of a chunk are to be read. The ids are those on disk (Prometheus `tsdb/chunkenc`, Thanos
/// `downsample.ChunkEncAggr`).
public enum ChunkEncoding {
    XOR(1),
    HISTOGRAM(2),
    FLOAT_HISTOGRAM(3),
    XOR2(4),
    HISTOGRAM_ST(5),
    FLOAT_HISTOGRAM_ST(6),
    AGGREGATE(0xFF);

    private static final ChunkEncoding[] ALL = values();

    private final int id;

    ChunkEncoding(int id) {
        this.id = id;
    }

    /// The byte that stands before the data on disk.
    public int id() {
        return id;
    }

    /// Whether samples of this encoding are native histograms.
    public boolean isHistogram() {
        return switch (this) {
            case HISTOGRAM, FLOAT_HISTOGRAM, HISTOGRAM_ST, FLOAT_HISTOGRAM_ST -> true;
            case XOR, XOR2, AGGREGATE -> false;
        };
    }

    /// Whether some encoding has this id.
    public static boolean isKnown(int id) {
        return id >= XOR.id && id <= FLOAT_HISTOGRAM_ST.id || id == AGGREGATE.id;
    }

    /// @throws IllegalArgumentException if no encoding has this id
    public static ChunkEncoding ofId(int id) {
        for (ChunkEncoding encoding : ALL) {
            if (encoding.id == id) {
                return encoding;
            }
        }
        throw new IllegalArgumentException("unknown chunk encoding: " + id);
    }
}
