package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.model.XxHash64;
import java.io.ByteArrayOutputStream;

/// Where a label set lies between 0 and 1, for limit_ratio: xxHash64 of its lengths, names and values.
final class RatioHash {
    private RatioHash() {}

    static double[] of(Labels[] labels) {
        double[] offsets = new double[labels.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = unsigned(XxHash64.hash(bytes(labels[i]))) / 0x1p64;
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
}
