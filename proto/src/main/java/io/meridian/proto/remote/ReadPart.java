package io.meridian.proto.remote;

/// A series, or a part of one, of a streamed answer: where it lies in what [StreamedReader] holds, and what is known of
/// it.
public final class ReadPart {
    int from;
    int to;
    int labelsTo;
    private final boolean usual;
    private final boolean apart;
    private final long minMs;
    private final long maxMs;

    ReadPart(int from, int to, int labelsTo, boolean usual, boolean apart, long minMs, long maxMs) {
        this.from = from;
        this.to = to;
        this.labelsTo = labelsTo;
        this.usual = usual;
        this.apart = apart;
        this.minMs = minMs;
        this.maxMs = maxMs;
    }

    /// Bytes of the message.
    public int length() {
        return to - from;
    }

    /// Whether the labels stand before everything else, in the form that
    /// [LabelCursor][io.meridian.proto.codec.LabelCursor] reads.
    public boolean hasUsualLabels() {
        return usual;
    }

    /// Whether the chunks ascend and do not overlap.
    public boolean isApart() {
        return apart;
    }

    /// Whether all chunks are later than those of an earlier part of the series.
    public boolean follows(ReadPart earlier) {
        return minMs > earlier.maxMs;
    }
}
