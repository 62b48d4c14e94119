package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.Spans;
import io.meridian.model.StaleMarker;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullMarked;

/// Random samples with everything that is hard on an encoder.
@NullMarked
final class SampleChunks {
    private static final double[] NASTY = {
        0.0,
        -0.0,
        Double.NaN,
        Double.longBitsToDouble(0x7ff8000000000001L),
        Double.longBitsToDouble(0xfff8000000000000L),
        Double.longBitsToDouble(0x7ff4000000000003L),
        StaleMarker.VALUE,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1,
        -1
    };

    private SampleChunks() {}

    static long[] times(RandomGenerator random, int count) {
        long[] times = new long[count];
        long time = random.nextInt(4) == 0 ? random.nextLong() : 1_788_000_000_000L;
        long step = 15_000;
        for (int i = 0; i < count; i++) {
            times[i] = time;
            step = switch (random.nextInt(12)) {
                case 0 -> 1L << random.nextInt(62);
                case 1 -> (1L << random.nextInt(24)) + random.nextInt(3) - 1;
                case 2 -> 15_000 + random.nextInt(20) - 10;
                case 3 -> -step;
                default -> step;
            };
            time += step;
        }
        return times;
    }

    static double value(RandomGenerator random, double before) {
        return switch (random.nextInt(6)) {
            case 0 -> NASTY[random.nextInt(NASTY.length)];
            case 1 -> Double.longBitsToDouble(random.nextLong());
            case 2 -> before;
            case 3 -> before + random.nextInt(100);
            case 4 -> random.nextInt(1000);
            default -> random.nextDouble();
        };
    }

    static long startTime(RandomGenerator random, long before, long time) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> time - random.nextInt(100_000);
            case 2 -> random.nextLong();
            default -> before;
        };
    }

    /// Like the one before with more counts, or another one altogether.
    static Histogram histogram(RandomGenerator random, Histogram before) {
        CounterResetHint hint = random.nextInt(20) == 0
                ? CounterResetHint.GAUGE
                : random.nextInt(20) == 0 ? CounterResetHint.RESET : CounterResetHint.UNKNOWN;
        if (random.nextInt(30) == 0) {
            return Histogram.stale();
        }
        if (before.count() > 0 && random.nextInt(5) > 0) {
            long[] deltas = before.positiveDeltas().clone();
            if (deltas.length > 0) {
                int at = random.nextInt(deltas.length);
                deltas[at] += 3;
                if (at + 1 < deltas.length) {
                    deltas[at + 1] -= 3;
                }
            }
            return new Histogram(
                    hint,
                    before.schema(),
                    before.zeroThreshold(),
                    before.zeroCount() + random.nextInt(3),
                    before.count() + 5,
                    before.sum() + random.nextDouble(),
                    before.positiveSpans(),
                    deltas,
                    before.negativeSpans(),
                    before.negativeDeltas(),
                    before.customValues());
        }
        boolean custom = random.nextInt(3) == 0;
        Spans positive = spans(random);
        Spans negative = custom ? Spans.NONE : spans(random);
        double[] bounds = new double[custom ? positive.bucketCount() + 3 : 0];
        Arrays.setAll(bounds, i -> random.nextInt(2) == 0 ? i * 0.25 : i + random.nextDouble());
        Arrays.sort(bounds);
        return new Histogram(
                hint,
                custom ? FloatHistogram.CUSTOM_SCHEMA : random.nextInt(13) - 4,
                custom ? 0 : random.nextInt(2) == 0 ? 0.001 : Math.scalb(1.0, random.nextInt(12) - 8),
                custom ? 0 : random.nextInt(10),
                random.nextInt(1, 1000),
                value(random, 1),
                positive,
                deltas(random, positive.bucketCount()),
                negative,
                deltas(random, negative.bucketCount()),
                bounds);
    }

    private static Spans spans(RandomGenerator random) {
        int count = random.nextInt(4);
        int[] offsets = new int[count];
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = i == 0 ? random.nextInt(20) - 10 : random.nextInt(4);
            lengths[i] = random.nextInt(4);
        }
        return Spans.of(offsets, lengths);
    }

    private static long[] deltas(RandomGenerator random, int count) {
        long[] deltas = new long[count];
        long current = 0;
        for (int i = 0; i < count; i++) {
            long next = random.nextInt(20);
            deltas[i] = next - current;
            current = next;
        }
        return deltas;
    }

    /// Samples of one kind, chunk by chunk with the encoder's own rules for new chunks.
    static ExactSamples samples(RandomGenerator random, ExactSamples.Kind kind, boolean withStartTimes, int count) {
        var samples = new ExactSamples();
        long[] times = times(random, count);
        double value = 1;
        long startTime = 0;
        Histogram histogram = Histogram.stale();
        for (long time : times) {
            startTime = withStartTimes ? startTime(random, startTime, time) : 0;
            switch (kind) {
                case FLOAT -> {
                    value = value(random, value);
                    samples.append(startTime, time, value);
                }
                case HISTOGRAM -> {
                    histogram = histogram(random, histogram);
                    samples.append(startTime, time, histogram);
                }
                case FLOAT_HISTOGRAM -> {
                    histogram = histogram(random, histogram);
                    samples.append(startTime, time, histogram.toFloat());
                }
            }
        }
        return samples;
    }
}
