package io.meridian.bench;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.RawBatch;
import io.meridian.model.chunk.XorEncoder;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Decoding, five aggregates and encoding on one core, for kinds of data at 15 s: millions of samples per second of CPU
/// time of the one worker, the best and the median of some rounds.
public final class KernelBenchmark {
    private static final long STEP_MS = 15_000;
    private static final long START_MS = 1_788_000_000_000L;
    private static final int CHUNK_SAMPLES = 120;
    private static final int CHUNKS_PER_SERIES = 672; // two weeks
    private static final int SERIES = 25;
    /// Many short ones: while others work on the machine, some are left alone.
    private static final int ROUNDS = 80;

    private static final int ROUNDS_FIRST = 4;
    private static final List<String> KINDS = List.of(
            "constant",
            "slow counter",
            "integer counter",
            "integer counter, jitter",
            "float counter",
            "integer gauge",
            "gauge, 2 decimals",
            "random, jitter");

    private KernelBenchmark() {}

    public static void main(String[] arguments) {
        // one after the other before the first is measured: the compiler has then seen all kinds of data
        var batches = KINDS.stream().map(KernelBenchmark::batch).toList();
        try (var kernel = new CpuKernel(1)) {
            for (int round = 0; round < ROUNDS_FIRST; round++) {
                batches.forEach(batch -> kernel.downsample(batch, 300_000));
            }
            System.out.println(
                    "| data | bytes per sample | M samples/s, best | median | bytes out per sample |\n|---|---|---|---|---|");
            for (int kind = 0; kind < KINDS.size(); kind++) {
                measure(KINDS.get(kind), kernel, batches.get(kind));
            }
        }
    }

    private static void measure(String kind, CpuKernel kernel, RawBatch batch) {
        long samples = (long) SERIES * CHUNKS_PER_SERIES * CHUNK_SAMPLES;
        var rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long before = workerNanos();
            kernel.downsample(batch, 300_000);
            rates[round] = 1e3 * samples / (workerNanos() - before);
        }
        Arrays.sort(rates);
        double bytesOut = kernel.downsample(batch, 300_000).stream()
                .mapToLong(out -> out.payloadOffset(out.endChunk(out.runs() - 1) - 1)
                        + out.payloadLength(out.endChunk(out.runs() - 1) - 1))
                .sum();
        System.out.printf(
                "| %s | %.2f | %.0f | %.0f | %.2f |%n",
                kind, batch.sizeBytes() / (double) samples, rates[ROUNDS - 1], rates[ROUNDS / 2], bytesOut / samples);
    }

    private static long workerNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("downsample-")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }

    private static RawBatch batch(String kind) {
        var random = new SplittableRandom(kind.hashCode());
        var batch = new RawBatch();
        var encoder = new XorEncoder();
        for (int series = 0; series < SERIES; series++) {
            double value = random.nextInt(1_000_000);
            long timeMs = START_MS;
            for (int chunk = 0; chunk < CHUNKS_PER_SERIES; chunk++) {
                for (int i = 0; i < CHUNK_SAMPLES; i++) {
                    value = next(kind, value, random);
                    encoder.append(kind.endsWith("jitter") ? timeMs + random.nextInt(7) - 3 : timeMs, value);
                    timeMs += STEP_MS;
                }
                byte[] bytes = encoder.toBytes();
                encoder.clear();
                batch.addChunk(bytes, 0, bytes.length);
            }
            batch.endRun();
        }
        return batch;
    }

    private static double next(String kind, double value, SplittableRandom random) {
        return switch (kind) {
            case "constant" -> value;
            case "slow counter" -> random.nextInt(20) == 0 ? value + 1 : value;
            case "integer counter", "integer counter, jitter" -> value + random.nextInt(200);
            case "float counter" -> value + random.nextDouble() * 15;
            case "integer gauge" -> random.nextInt(1_000);
            case "gauge, 2 decimals" -> Math.rint(random.nextDouble() * 1e4) / 100;
            case "random, jitter" -> random.nextDouble();
            default -> throw new IllegalArgumentException(kind);
        };
    }
}
