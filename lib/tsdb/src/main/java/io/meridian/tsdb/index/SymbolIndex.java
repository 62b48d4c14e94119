package io.meridian.tsdb.index;

import io.meridian.model.Utf8;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// From a string to its number, over the sorted symbols of an index being written. Every 32nd place is kept, and what
/// was asked last.
final class SymbolIndex {
    private static final int CACHE_SIZE = 1 << 14;

    private final MemorySegment content;
    private final int count;
    private final long[] samples;
    private final @Nullable String[] cachedTexts = new @Nullable String[CACHE_SIZE];
    private final int[] cachedNumbers = new int[CACHE_SIZE];

    /// @param content the entries, as in the index
    SymbolIndex(MemorySegment content, int count) {
        this.content = content;
        this.count = count;
        var in = cursor();
        this.samples = new long[count / IndexFormat.SAMPLING + 1];
        for (int i = 0; i < count; i++) {
            if (i % IndexFormat.SAMPLING == 0) {
                samples[i / IndexFormat.SAMPLING] = in.position();
            }
            in.skip(in.length());
        }
    }

    private SegmentCursor cursor() {
        return new SegmentCursor("symbols", content, 0);
    }

    /// @throws IllegalArgumentException if there is no such symbol
    int indexOf(String text) {
        int slot = text.hashCode() * 0x9E3779B9 >>> 18;
        if (text.equals(cachedTexts[slot])) {
            return cachedNumbers[slot];
        }
        int number = find(Utf8.encode(text));
        if (number < 0) {
            throw new IllegalArgumentException("no such symbol: " + text);
        }
        cachedTexts[slot] = text;
        cachedNumbers[slot] = number;
        return number;
    }

    private int find(byte[] wanted) {
        var in = cursor();
        int low = 0;
        int high = (count + IndexFormat.SAMPLING - 1) / IndexFormat.SAMPLING - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            in.moveTo(samples[middle]);
            if (in.compare(in.length(), wanted) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return -1;
        }
        in.moveTo(samples[high]);
        int end = Math.min(count, (high + 1) * IndexFormat.SAMPLING);
        for (int i = high * IndexFormat.SAMPLING; i < end; i++) {
            int length = in.length();
            if (in.compare(length, wanted) == 0) {
                return i;
            }
            in.skip(length);
        }
        return -1;
    }

    /// The bytes of the symbol with this number.
    byte[] bytes(int number) {
        var in = cursor();
        in.moveTo(samples[number / IndexFormat.SAMPLING]);
        for (int skip = number % IndexFormat.SAMPLING; skip > 0; skip--) {
            in.skip(in.length());
        }
        return Utf8.encode(in.string(in.length()));
    }
}
