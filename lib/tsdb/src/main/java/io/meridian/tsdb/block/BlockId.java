package io.meridian.tsdb.block;

import java.security.SecureRandom;

/// The identity of a block: a ULID, 48 bits of time in milliseconds and 80 random bits, written as 26 characters of
/// Crockford's base 32. Order is that of the text.
public record BlockId(long high, long low) implements Comparable<BlockId> {
    /// Characters of the text.
    public static final int LENGTH = 26;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final long TIME_MAX = (1L << 48) - 1;

    /// Thread-safe.
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @throws IllegalArgumentException if the text is not a ULID
    public static BlockId parse(String text) {
        if (text.length() != LENGTH || text.charAt(0) > '7') {
            throw new IllegalArgumentException("not a ULID: " + text);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < LENGTH; i++) {
            int digit = ALPHABET.indexOf(Character.toUpperCase(text.charAt(i)));
            if (digit < 0 || text.charAt(i) >= 0x80) {
                throw new IllegalArgumentException("not a ULID: " + text);
            }
            high = high << 5 | low >>> 59;
            low = low << 5 | digit;
        }
        return new BlockId(high, low);
    }

    /// Whether the text is a ULID as it is written: 26 characters, letters in upper case.
    public static boolean isBlockId(String text) {
        if (text.length() != LENGTH || text.charAt(0) > '7') {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            if (ALPHABET.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /// A new identity.
    ///
    /// @param timeMs milliseconds since the epoch
    public static BlockId generate(long timeMs) {
        if (timeMs < 0 || timeMs > TIME_MAX) {
            throw new IllegalArgumentException("time out of bounds for a ULID: max=" + TIME_MAX + ", actual=" + timeMs);
        }
        return new BlockId(timeMs << 16 | RANDOM.nextLong() & 0xFFFF, RANDOM.nextLong());
    }

    /// When it was generated, in milliseconds since the epoch.
    public long timeMs() {
        return high >>> 16;
    }

    @Override
    public int compareTo(BlockId other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        var text = new char[LENGTH];
        long upper = high;
        long lower = low;
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (lower & 31));
            lower = lower >>> 5 | upper << 59;
            upper >>>= 5;
        }
        return new String(text);
    }
}
