package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Where a label set lies between 0 and 1, for limit_ratio: xxHash64 of its lengths, names and values.
final class RatioHash {
    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private RatioHash() {}

    static double[] of(Labels[] labels) {
        double[] offsets = new double[labels.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = unsigned(xxHash64(bytes(labels[i]))) / 0x1p64;
        }
        return offsets;
    }

    private static double unsigned(long value) {
        if (value >= 0) {
            return value;
        }
        // Halved with the lost bit kept, so that rounding is right.
        return (double) ((value >>> 1) | (value & 1)) * 2;
    }

    private static byte[] bytes(Labels labels) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < labels.size(); i++) {
            text(labels.name(i), out);
            text(labels.value(i), out);
        }
        return out.toByteArray();
    }

    private static void text(String text, ByteArrayOutputStream out) {
        byte[] bytes = Utf8.encode(text);
        if (bytes.length < 0xFF) {
            out.write(bytes.length);
        } else {
            out.write(0xFF);
            out.write(bytes.length);
            out.write(bytes.length >> 8);
            out.write(bytes.length >> 16);
        }
        out.writeBytes(bytes);
    }

    static long xxHash64(byte[] data) {
        int at = 0;
        long hash;
        if (data.length >= 32) {
            long a = 0x60EA27EEADC0B5D6L;
            long b = PRIME_2;
            long c = 0;
            long d = -PRIME_1;
            for (; at + 32 <= data.length; at += 32) {
                a = round(a, (long) LONG.get(data, at));
                b = round(b, (long) LONG.get(data, at + 8));
                c = round(c, (long) LONG.get(data, at + 16));
                d = round(d, (long) LONG.get(data, at + 24));
            }
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        } else {
            hash = PRIME_5;
        }
        hash += data.length;
        for (; at + 8 <= data.length; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONG.get(data, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (at + 4 <= data.length) {
            hash = Long.rotateLeft(hash ^ ((int) INT.get(data, at) & 0xFFFFFFFFL) * PRIME_1, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < data.length; at++) {
            hash = Long.rotateLeft(hash ^ (data[at] & 0xFF) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ hash >>> 33) * PRIME_2;
        hash = (hash ^ hash >>> 29) * PRIME_3;
        return hash ^ hash >>> 32;
    }

    private static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
    }
}
