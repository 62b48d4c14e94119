package io.meridian.model.chunk;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.Spans;

/// What all histograms of a chunk share; stands once, before the first sample.
///
/// ```
/// zero threshold | varbit schema | spans positive | spans negative | custom bounds, if the schema has them
/// zero threshold: u8 0 zero | u8 1..254 a power of two, exponent + 244 | u8 255, f64
/// spans:          varbit count | { varbit length | varbit offset }
/// bounds:         varbit count | { varbit bound*1000+1, or bit 0 and f64 }
/// ```
@SuppressWarnings("ArrayRecordComponent")
record HistogramLayout(int schema, double zeroThreshold, Spans positive, Spans negative, double[] customValues) {
    static final int SCHEMA_RESERVED_MIN = -9;
    static final int SCHEMA_RESERVED_MAX = 52;

    private static final double[] NO_BOUNDS = new double[0];
    private static final int THRESHOLD_EXPLICIT = 255;
    private static final int THRESHOLD_BIAS = 244;
    private static final int THRESHOLD_EXPONENT_MIN = -243;
    private static final int THRESHOLD_EXPONENT_MAX = 10;
    private static final double BOUND_SCALE = 1000;
    private static final double BOUND_SCALED_MAX = 33_554_430;

    static final HistogramLayout EMPTY = new HistogramLayout(0, 0, Spans.NONE, Spans.NONE, NO_BOUNDS);

    static HistogramLayout read(BitReader in) {
        double zeroThreshold = readZeroThreshold(in);
        long schema = in.varbit();
        if (schema != FloatHistogram.CUSTOM_SCHEMA && (schema < SCHEMA_RESERVED_MIN || schema > SCHEMA_RESERVED_MAX)) {
            throw in.corrupt("unknown histogram schema: " + schema);
        }
        Spans positive = readSpans(in);
        Spans negative = readSpans(in);
        double[] customValues = schema == FloatHistogram.CUSTOM_SCHEMA ? readBounds(in) : NO_BOUNDS;
        if ((long) positive.bucketCount() + negative.bucketCount() > in.remaining()) {
            throw in.corrupt("more buckets than bits: " + positive.bucketCount() + " and " + negative.bucketCount());
        }
        return new HistogramLayout((int) schema, zeroThreshold, positive, negative, customValues);
    }

    void write(BitWriter out) {
        writeZeroThreshold(out, zeroThreshold);
        Varbit.writeSigned(out, schema);
        writeSpans(out, positive);
        writeSpans(out, negative);
        if (schema == FloatHistogram.CUSTOM_SCHEMA) {
            Varbit.writeUnsigned(out, customValues.length);
            for (double bound : customValues) {
                writeBound(out, bound);
            }
        }
    }

    HistogramLayout withSpans(Spans newPositive, Spans newNegative) {
        return new HistogramLayout(schema, zeroThreshold, newPositive, newNegative, customValues);
    }

    private static Spans readSpans(BitReader in) {
        long count = in.varbitUnsigned();
        // A span takes two bits at least.
        if (count < 0 || count > in.remaining() / 2) {
            throw in.corrupt("more spans than bits: " + Long.toUnsignedString(count));
        }
        int[] offsets = new int[(int) count];
        int[] lengths = new int[(int) count];
        long buckets = 0;
        for (int i = 0; i < count; i++) {
            long length = in.varbitUnsigned();
            long offset = in.varbit();
            buckets += length;
            if (length < 0 || buckets < 0 || buckets > in.remaining()) {
                throw in.corrupt("more buckets than bits: " + Long.toUnsignedString(length));
            }
            if (offset != (int) offset) {
                throw in.corrupt("span offset is out of range: " + offset);
            }
            lengths[i] = (int) length;
            offsets[i] = (int) offset;
        }
        return Spans.of(offsets, lengths);
    }

    private static void writeSpans(BitWriter out, Spans spans) {
        Varbit.writeUnsigned(out, spans.count());
        for (int i = 0; i < spans.count(); i++) {
            Varbit.writeUnsigned(out, spans.length(i));
            Varbit.writeSigned(out, spans.offset(i));
        }
    }

    private static double readZeroThreshold(BitReader in) {
        int code = (int) in.bits(8);
        return switch (code) {
            case 0 -> 0;
            case THRESHOLD_EXPLICIT -> in.float64();
            default -> Math.scalb(1.0, code - THRESHOLD_BIAS);
        };
    }

    private static void writeZeroThreshold(BitWriter out, double threshold) {
        if (threshold == 0) {
            out.bits(0, 8);
            return;
        }
        int exponent = Math.getExponent(threshold);
        boolean power = exponent >= THRESHOLD_EXPONENT_MIN
                && exponent <= THRESHOLD_EXPONENT_MAX
                && threshold == Math.scalb(1.0, exponent);
        if (power) {
            out.bits(exponent + THRESHOLD_BIAS, 8);
        } else {
            out.bits(THRESHOLD_EXPLICIT, 8);
            out.bits(Double.doubleToRawLongBits(threshold), 64);
        }
    }

    private static double[] readBounds(BitReader in) {
        long count = in.varbitUnsigned();
        if (count < 0 || count > in.remaining()) {
            throw in.corrupt("more custom bounds than bits: " + Long.toUnsignedString(count));
        }
        double[] bounds = new double[(int) count];
        for (int i = 0; i < bounds.length; i++) {
            long code = in.varbitUnsigned();
            bounds[i] = code == 0 ? in.float64() : Histogram.unsignedToDouble(code - 1) / BOUND_SCALE;
        }
        return bounds;
    }

    private static void writeBound(BitWriter out, double bound) {
        double scaled = bound * BOUND_SCALE;
        // Written as a negation, a NaN takes the explicit form too.
        if (scaled >= 0 && scaled <= BOUND_SCALED_MAX && Math.rint(scaled) / BOUND_SCALE == bound) {
            Varbit.writeUnsigned(out, (long) Math.rint(scaled) + 1);
        } else {
            out.bits(0, 1);
            out.bits(Double.doubleToRawLongBits(bound), 64);
        }
    }
}
