package io.meridian.proto.codec;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import java.util.Arrays;

/// A growing array that protobuf is written to. The length of a message stands before it but is known after it: so
/// many bytes are kept free as the last message of its kind needed, and what was written moves where that was wrong.
final class FrameBuffer {
    private byte[] bytes;
    private int position;

    FrameBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    int position() {
        return position;
    }

    byte[] array() {
        return bytes;
    }

    void clear() {
        position = 0;
    }

    /// Forgets what was written from there on.
    void truncate(int to) {
        position = to;
    }

    void ensure(int count) {
        if (bytes.length - position < count) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(position, count), 2 * bytes.length));
        }
    }

    /// Leaves bytes out that are filled in later.
    ///
    /// @return where they begin
    int skip(int count) {
        ensure(count);
        int from = position;
        position += count;
        return from;
    }

    void bigEndian(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    void tag(int field) {
        varint(field << 3 | ProtoReader.BYTES);
    }

    void varint(long value) {
        ensure(10);
        position = put(position, value);
    }

    private int put(int at, long value) {
        int to = at;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[to++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[to++] = (byte) rest;
        return to;
    }

    static int varintLength(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /// Bytes of [#number].
    static int numberLength(int field, long value) {
        return value == 0 ? 0 : varintLength((long) field << 3) + varintLength(value);
    }

    /// A number field; 0 is not written.
    void number(int field, long value) {
        if (value != 0) {
            varint((long) field << 3);
            varint(value);
        }
    }

    /// A field of bytes; empty ones are not written.
    void bytes(int field, byte[] source, int offset, int length) {
        if (length > 0) {
            tag(field);
            varint(length);
            raw(source, offset, length);
        }
    }

    void string(int field, String text) {
        int length = text.length();
        if (length == 0) {
            return;
        }
        int start = position;
        tag(field);
        varint(length);
        ensure(length);
        byte[] target = bytes;
        int to = position;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                position = start;
                byte[] encoded = Utf8.encode(text);
                bytes(field, encoded, 0, encoded.length);
                return;
            }
            target[to++] = (byte) c;
        }
        position = to;
    }

    /// `Label` fields of a message of a series.
    void labels(Labels labels) {
        for (int i = 0; i < labels.size(); i++) {
            tag(1);
            int start = skip(1);
            string(1, labels.name(i));
            string(2, labels.value(i));
            close(start, 1);
        }
    }

    /// Fields that are encoded already.
    void raw(byte[] source, int offset, int length) {
        ensure(length);
        System.arraycopy(source, offset, bytes, position, length);
        position += length;
    }

    /// Closes the message whose length belongs before [#position], where `width` bytes were left out for it.
    ///
    /// @param start where those bytes begin
    /// @return how many bytes the length took
    int close(int start, int width) {
        int length = position - start - width;
        int needed = varintLength(length);
        if (needed != width) {
            ensure(needed);
            System.arraycopy(bytes, start + width, bytes, start + needed, length);
            position = start + needed + length;
        }
        put(start, length);
        return needed;
    }
}
