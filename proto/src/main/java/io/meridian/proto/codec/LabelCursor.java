package io.meridian.proto.codec;

import io.meridian.model.Labels;
import java.util.Arrays;

/// Goes through the `Label` fields at the head of a message of a series without decoding them. Only their usual form
/// is known here: name, then value, neither of them empty, and nothing else. For one thread.
public final class LabelCursor {
    private static final byte FIELD = 1 << 3 | ProtoReader.BYTES;
    private static final byte NAME = 1 << 3 | ProtoReader.BYTES;
    private static final byte VALUE = 2 << 3 | ProtoReader.BYTES;

    private byte[] bytes = new byte[0];
    private int position;
    private int limit;
    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;
    private int fieldStart;

    /// Begins anew before the first label of the message.
    public LabelCursor reset(byte[] array, int from, int to) {
        java.util.Objects.checkFromToIndex(from, to, array.length);
        bytes = array;
        position = from;
        limit = to;
        return this;
    }

    /// Goes to the next label; false if there is none, or if what follows does not have the usual form.
    public boolean next() {
        if (position == limit || bytes[position] != FIELD) {
            return false;
        }
        int end = field(position, limit);
        if (end < 0) {
            return false;
        }
        int start = fieldStart;
        if (start == end || bytes[start] != NAME) {
            return false;
        }
        int endOfName = field(start, end);
        if (endOfName < 0 || endOfName == fieldStart || endOfName == end || bytes[endOfName] != VALUE) {
            return false;
        }
        int startOfName = fieldStart;
        if (field(endOfName, end) != end || fieldStart == end) {
            return false;
        }
        nameFrom = startOfName;
        nameTo = endOfName;
        valueFrom = fieldStart;
        valueTo = end;
        position = end;
        return true;
    }

    /// The end of the field whose tag of one byte is here, and where its content begins; -1 if that is not within the
    /// bounds.
    private int field(int tagAt, int end) {
        int at = tagAt + 1;
        int length = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            if (at >= end) {
                return -1;
            }
            byte next = bytes[at++];
            length |= (next & 0x7F) << shift;
            if (next >= 0) {
                fieldStart = at;
                return length <= end - at ? at + length : -1;
            }
        }
        return -1;
    }

    /// Where the next label, or what is none, begins.
    public int position() {
        return position;
    }

    /// Whether a label follows that does not have the usual form.
    public boolean isUnusual() {
        return position < limit && bytes[position] == FIELD;
    }

    /// Compares the name with another one, bytewise.
    public int compareName(byte[] name) {
        return Arrays.compareUnsigned(bytes, nameFrom, nameTo, name, 0, name.length);
    }

    /// Whether the value is this one.
    public boolean hasValue(byte[] value) {
        return Arrays.equals(bytes, valueFrom, valueTo, value, 0, value.length);
    }

    /// Compares the name with one that stands earlier in the same message, bytewise.
    public int compareName(int from, int to) {
        return Arrays.compareUnsigned(bytes, nameFrom, nameTo, bytes, from, to);
    }

    /// Where the name begins in the array.
    public int nameFrom() {
        return nameFrom;
    }

    public int nameTo() {
        return nameTo;
    }

    /// Compares two labels by name, then by value, bytewise.
    public int compare(LabelCursor other) {
        int byName = Arrays.compareUnsigned(bytes, nameFrom, nameTo, other.bytes, other.nameFrom, other.nameTo);
        return byName != 0
                ? byName
                : Arrays.compareUnsigned(bytes, valueFrom, valueTo, other.bytes, other.valueFrom, other.valueTo);
    }

    /// Compares what is left of two lists of labels as [Labels#compareTo] does.
    public int compareRest(LabelCursor other) {
        while (true) {
            boolean more = next();
            boolean otherMore = other.next();
            if (!more || !otherMore) {
                return Boolean.compare(more, otherMore);
            }
            int order = compare(other);
            if (order != 0) {
                return order;
            }
        }
    }

    /// Labels in the usual form.
    public static byte[] encode(Labels labels) {
        var out = new FrameBuffer(256);
        out.labels(labels);
        return Arrays.copyOf(out.array(), out.position());
    }
}
