package io.meridian.proto.codec;

import io.meridian.model.Utf8;
import java.util.Arrays;

/// Writes protobuf from its end to its beginning, so that the length of a message is known when it must be written.
/// Fields are therefore given last first.
final class BackwardWriter {
    private byte[] bytes = new byte[16 << 10];
    private int position = bytes.length;

    void clear() {
        position = bytes.length;
    }

    /// Bytes written so far.
    int size() {
        return bytes.length - position;
    }

    byte[] array() {
        return bytes;
    }

    /// Where in [#array] the written bytes begin.
    int offset() {
        return position;
    }

    private void ensure(int count) {
        if (position < count) {
            int used = size();
            byte[] larger = new byte[Math.max(Math.addExact(used, count), 2 * bytes.length)];
            System.arraycopy(bytes, position, larger, larger.length - used, used);
            position = larger.length - used;
            bytes = larger;
        }
    }

    void varint(long value) {
        ensure(10);
        int length = varintLength(value);
        position -= length;
        long rest = value;
        for (int i = 0; i < length - 1; i++) {
            bytes[position + i] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[position + length - 1] = (byte) rest;
    }

    static int varintLength(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /// A number field; 0 is not written.
    void number(int field, long value) {
        if (value != 0) {
            varint(value);
            varint(field << 3);
        }
    }

    /// A field of bytes; empty ones are not written.
    void bytes(int field, byte[] source, int offset, int length) {
        if (length > 0) {
            ensure(length);
            position -= length;
            System.arraycopy(source, offset, bytes, position, length);
            varint(length);
            varint(field << 3 | ProtoReader.BYTES);
        }
    }

    void string(int field, String text) {
        int length = text.length();
        ensure(length);
        for (int i = length - 1; i >= 0; i--) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                position += length - 1 - i;
                byte[] encoded = Utf8.encode(text);
                bytes(field, encoded, 0, encoded.length);
                return;
            }
            bytes[--position] = (byte) c;
        }
        if (length > 0) {
            varint(length);
            varint(field << 3 | ProtoReader.BYTES);
        }
    }

    /// Closes the message whose fields were written since [#size] was `sizeBefore`.
    void message(int field, int sizeBefore) {
        varint(size() - sizeBefore);
        varint(field << 3 | ProtoReader.BYTES);
    }

    byte[] toBytes() {
        return Arrays.copyOfRange(bytes, position, bytes.length);
    }
}
