package io.meridian.compactor.downsample;

import io.meridian.model.StaleMarker;
import java.util.random.RandomGenerator;

/// Raw series that try every edge of the XOR encoding and of the windows, from a seeded generator.
public final class RandomRuns {
    private static final int[] COUNTS = {0, 1, 2, 3, 31, 119, 120, 121};
    private static final long[] STEPS_EDGE = {
        8_191, 8_192, 8_193, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289, 10_000_000_000L
    };
    private static final double[] VALUES_EDGE = {
        0.0,
        -0.0,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        StaleMarker.VALUE,
        Double.NaN,
        Double.longBitsToDouble(0xfff8000000000001L),
        1,
        -1
    };

    private final RandomGenerator random;
    private long[] times = new long[0];
    private double[] values = new double[0];
    private long timeMs;
    private double value;

    public RandomRuns(RandomGenerator random) {
        this.random = random;
    }

    /// Adds `runs` runs to a batch and returns how many samples they have.
    public long addTo(RawBatch batch, int runs) {
        long samples = 0;
        for (int run = 0; run < runs; run++) {
            int kind = random.nextInt(8);
            timeMs = random.nextInt(20) == 0
                    ? random.nextInt(1_000_000) - 300_000
                    : 1_788_000_000_000L + random.nextInt(600_000);
            value = 0;
            int chunks = random.nextInt(30) == 0 ? 200 : random.nextInt(40);
            boolean regular = random.nextInt(3) != 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                samples += addChunk(batch, kind, regular);
                timeMs += regular ? 15_000 : random.nextInt(40_000) - 10_000;
            }
            batch.endRun();
        }
        return samples;
    }

    private int addChunk(RawBatch batch, int kind, boolean regular) {
        int count = random.nextInt(2_000) == 0
                ? 65_535
                : random.nextBoolean() ? COUNTS[random.nextInt(COUNTS.length)] : 1 + random.nextInt(240);
        if (times.length < count) {
            times = new long[count];
            values = new double[count];
        }
        for (int i = 0; i < count; i++) {
            timeMs += regular ? 15_000 : irregularStep();
            value = next(kind);
            times[i] = timeMs;
            values[i] = value;
            if (random.nextInt(500) == 0) {
                values[i] = VALUES_EDGE[random.nextInt(VALUES_EDGE.length)];
            }
        }
        add(batch, times, values, count);
        return count;
    }

    /// Encodes samples as a chunk of the batch's current run.
    public static void add(RawBatch batch, long[] times, double[] values, int count) {
        var bytes = new byte[XorColumnEncoder.bytesMax(count)];
        batch.addChunk(bytes, 0, XorColumnEncoder.encode(times, values, 0, count, bytes, 0));
    }

    private long irregularStep() {
        return switch (random.nextInt(60)) {
            case 0 -> 0;
            case 1 -> random.nextInt(20_000_000);
            case 2 -> -random.nextInt(1_000);
            case 3 -> STEPS_EDGE[random.nextInt(STEPS_EDGE.length)];
            case 4 -> -random.nextInt(100_000);
            default -> 15_000 + random.nextInt(7) - 3;
        };
    }

    private double next(int kind) {
        return switch (kind) {
            case 0 -> random.nextInt(30) == 0 ? 0 : value + random.nextInt(100);
            case 1 -> random.nextDouble() * 200 - 100;
            case 2 -> Double.longBitsToDouble(random.nextLong());
            case 3 -> random.nextInt(3) == 0 ? -0.0 : random.nextInt(2) - 1;
            case 4 -> VALUES_EDGE[random.nextInt(VALUES_EDGE.length)];
            case 5 -> Math.round(random.nextGaussian() * 1_000) / 100.0;
            case 6 -> value + random.nextDouble();
            default -> 5;
        };
    }
}
