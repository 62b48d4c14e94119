package io.meridian.querier.json;

/// Counts of buckets in quotes with a bracket behind, `"0.05"]`. Rates and averages of small counts are the same few
/// numbers again and again, so the last ones that are not whole are kept.
final class CountTexts {
    /// Bytes that a text and what is touched behind it take at most.
    static final int BYTES_MAX = NumberText.BYTES_MAX + 3;

    /// Each text has a place of so many bytes, which are copied as a whole.
    private static final int PLACE_BYTES = 32;

    private static final int PLACE_BITS = 9;
    private static final double EXACT_MAX = 0x1p53;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final long[] keys = new long[1 << PLACE_BITS];
    private final byte[] lengths = new byte[1 << PLACE_BITS];
    private final byte[] texts = new byte[PLACE_BYTES << PLACE_BITS];

    /// Writes a text.
    ///
    /// @return the position behind it
    int write(double count, byte[] target, int position) {
        if (Math.abs(count) < EXACT_MAX && (long) count == count) {
            return close(count, target, position);
        }
        long key = Double.doubleToRawLongBits(count);
        int slot = (int) (key * SPREAD >>> 64 - PLACE_BITS);
        int from = PLACE_BYTES * slot;
        if (keys[slot] != key) {
            int length = close(count, target, position) - position;
            if (length <= PLACE_BYTES) {
                keys[slot] = key;
                lengths[slot] = (byte) length;
                System.arraycopy(target, position, texts, from, length);
            }
            return position + length;
        }
        DecimalDigits.LONG.set(target, position, (long) DecimalDigits.LONG.get(texts, from));
        DecimalDigits.LONG.set(target, position + 8, (long) DecimalDigits.LONG.get(texts, from + 8));
        DecimalDigits.LONG.set(target, position + 16, (long) DecimalDigits.LONG.get(texts, from + 16));
        DecimalDigits.LONG.set(target, position + 24, (long) DecimalDigits.LONG.get(texts, from + 24));
        return position + lengths[slot];
    }

    private static int close(double count, byte[] target, int position) {
        target[position] = '"';
        int at = NumberText.write(count, true, target, position + 1);
        target[at] = '"';
        target[at + 1] = ']';
        return at + 2;
    }
}
