package io.meridian.proto.codec;

import io.meridian.model.Utf8;
import org.jspecify.annotations.Nullable;

/// Makes strings of label bytes; a text seen lately is given again instead of a copy. For one thread.
///
/// Direct mapped: a new text takes the place of the one with the same hash, so the size stays bounded.
final class StringTable {
    private static final int SLOT_COUNT = 1 << 12;
    private static final int LENGTH_MAX = 128;

    private final @Nullable String[] texts = new String[SLOT_COUNT];
    private final byte[][] keys = new byte[SLOT_COUNT][];

    String get(byte[] bytes, int offset, int length) {
        if (length > LENGTH_MAX) {
            return Utf8.decode(bytes, offset, length);
        }
        int end = offset + length;
        int hash = length;
        for (int i = offset; i < end; i++) {
            hash = hash * 31 + bytes[i];
        }
        int slot = (hash ^ hash >>> 15) & SLOT_COUNT - 1;
        String text = texts[slot];
        if (text != null && java.util.Arrays.equals(keys[slot], 0, keys[slot].length, bytes, offset, end)) {
            return text;
        }
        text = Utf8.decode(bytes, offset, length);
        keys[slot] = java.util.Arrays.copyOfRange(bytes, offset, end);
        texts[slot] = text;
        return text;
    }
}
