package io.meridian.proto.codec;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Utf8;

/// A cursor over protobuf fields in an array. Every read is checked against the limit of the message being read.
public final class ProtoReader {
    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int BYTES = 2;
    public static final int FIXED32 = 5;

    private final String resource;
    private final byte[] bytes;
    private final int start;
    private int position;
    private int limit;

    /// @param resource what the bytes are, for errors
    public ProtoReader(String resource, byte[] bytes, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        this.resource = resource;
        this.bytes = bytes;
        this.start = offset;
        this.position = offset;
        this.limit = offset + length;
    }

    public byte[] array() {
        return bytes;
    }

    /// Index in [#array] of the next byte.
    public int position() {
        return position;
    }

    public boolean hasMore() {
        return position < limit;
    }

    /// The next field's number and wire type, as `number << 3 | type`.
    public int tag() {
        long tag = varint();
        if (tag >>> 3 == 0 || tag > 0xFFFF_FFFFL) {
            throw corrupt("no field has the tag " + Long.toUnsignedString(tag));
        }
        return (int) tag;
    }

    public long varint() {
        int at = position;
        if (at < limit && bytes[at] >= 0) {
            position = at + 1;
            return bytes[at];
        }
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= limit) {
                throw corrupt("number ends too early");
            }
            byte next = bytes[at++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                position = at;
                return value;
            }
        }
        throw corrupt("number has more than 10 bytes");
    }

    public long fixed64() {
        if (limit - position < 8) {
            throw corrupt("8 bytes expected, left=" + (limit - position));
        }
        long value = LittleEndian.getLong(bytes, position);
        position += 8;
        return value;
    }

    /// The length of a field of bytes or of a message, which follows and lies within the limit.
    public int length() {
        long length = varint();
        if (length < 0 || length > limit - position) {
            throw corrupt("field of " + Long.toUnsignedString(length) + " bytes, left=" + (limit - position));
        }
        return (int) length;
    }

    /// Enters a sub-message; [#leave] gets what this returns.
    public int enter() {
        int length = length();
        int outer = limit;
        limit = position + length;
        return outer;
    }

    /// Leaves a sub-message that was read to its end.
    public void leave(int outer) {
        position = limit;
        limit = outer;
    }

    /// Moves over bytes whose length was just read.
    public int take(int length) {
        int from = position;
        position += length;
        return from;
    }

    public String string() {
        int length = length();
        return Utf8.decode(bytes, take(length), length);
    }

    public void skip(int tag) {
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED64 -> fixed64();
            case BYTES -> take(length());
            case FIXED32 -> {
                if (limit - position < 4) {
                    throw corrupt("4 bytes expected, left=" + (limit - position));
                }
                position += 4;
            }
            default -> throw corrupt("wire type " + (tag & 7) + " is not one of protobuf 3");
        }
    }

    /// @throws CorruptDataException if the field does not have this wire type
    public void expect(int tag, int wireType) {
        if ((tag & 7) != wireType) {
            throw corrupt("field %d: expected wire type %d, actual %d".formatted(tag >>> 3, wireType, tag & 7));
        }
    }

    public CorruptDataException corrupt(String detail) {
        return new CorruptDataException(resource, position - start, detail);
    }
}
