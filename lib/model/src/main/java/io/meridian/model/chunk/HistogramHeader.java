package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import io.meridian.model.CounterResetHint;

/// The first three bytes of a histogram chunk.
///
/// ```
/// without start timestamps: count:16 | reset:2 0:6
/// with start timestamps:    reset:2 count:14 | known:1 changeOn:7
/// ```
///
/// @param reset    what happened between the chunk before and this one
/// @param starts   the start header of [Xor2Chunk], 0 where there are no start timestamps
record HistogramHeader(int count, CounterResetHint reset, int starts) {
    static final int LENGTH = 3;
    static final int COUNT_MAX = 0xFFFF;
    static final int COUNT_MAX_WITH_START_TIMES = 0x3FFF;

    private static final CounterResetHint[] BY_BITS = {
        CounterResetHint.UNKNOWN, CounterResetHint.NOT_RESET, CounterResetHint.RESET, CounterResetHint.GAUGE
    };

    static HistogramHeader read(String name, boolean withStartTimes, byte[] data, int offset, int length) {
        if (length < LENGTH) {
            throw new CorruptDataException(name, 0, "header needs " + LENGTH + " bytes, length=" + length);
        }
        int word = (data[offset] & 0xFF) << 8 | data[offset + 1] & 0xFF;
        int last = data[offset + 2] & 0xFF;
        return withStartTimes
                ? new HistogramHeader(word & COUNT_MAX_WITH_START_TIMES, BY_BITS[word >>> 14], last)
                : new HistogramHeader(word, BY_BITS[last >>> 6], 0);
    }

    void write(boolean withStartTimes, byte[] target) {
        int bits = bits(reset);
        int word = withStartTimes ? bits << 14 | count : count;
        target[0] = (byte) (word >>> 8);
        target[1] = (byte) word;
        target[2] = (byte) (withStartTimes ? starts : bits << 6);
    }

    private static int bits(CounterResetHint reset) {
        return switch (reset) {
            case UNKNOWN -> 0b00;
            case NOT_RESET -> 0b01;
            case RESET -> 0b10;
            case GAUGE -> 0b11;
        };
    }

    /// The hint of a sample, as a reader of the whole chunk gets it: what lies before the chunk may be gone, so its
    /// first sample is unknown even where the header says more.
    CounterResetHint hintOf(int index) {
        if (reset == CounterResetHint.GAUGE) {
            return CounterResetHint.GAUGE;
        }
        return index > 0 ? CounterResetHint.NOT_RESET : CounterResetHint.UNKNOWN;
    }
}
