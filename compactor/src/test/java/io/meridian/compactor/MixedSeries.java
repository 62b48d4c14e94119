package io.meridian.compactor;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.Spans;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.util.ArrayList;
import java.util.List;

/// Series of every kind, in chunks of few samples.
final class MixedSeries {
    private static final int CHUNK_SAMPLES = 20;
    private static final int CUSTOM_BUCKETS = -53;

    static final List<Labels> ALL = List.of(
            Labels.of("__name__", "counter_total", "i", "1", "job", "a"),
            Labels.of("__name__", "gauge", "i", "1", "job", "b"),
            Labels.of("__name__", "histogram_custom", "i", "2", "job", "c"),
            Labels.of("__name__", "histogram_float", "i", "1", "job", "a"),
            Labels.of("__name__", "histogram_int", "i", "1", "job", "a"),
            Labels.of("__name__", "mixed", "i", "1", "job", "a"),
            Labels.of("__name__", "up", "i", "1", "job", "a"));

    private MixedSeries() {}

    /// @param series index in [#ALL]
    static List<EncodedChunk> chunks(int series, long minMs, long maxMs, long stepMs, boolean xor2) {
        var chunks = new ArrayList<EncodedChunk>();
        var samples = new ExactSamples();
        for (long at = minMs; at < maxMs; at += stepMs) {
            // equal times have equal values, whoever wrote them
            append(samples, series, at, at / 30_000 % 1000);
            if (samples.size() == CHUNK_SAMPLES || at + stepMs >= maxMs) {
                chunks.addAll(ChunkEncoder.encode(samples, xor2));
                samples = new ExactSamples();
            }
        }
        return chunks;
    }

    private static void append(ExactSamples to, int series, long at, long k) {
        switch (ALL.get(series).get("__name__")) {
            case "counter_total" -> to.append(0, at, 10.0 * (k % 300));
            case "gauge" -> to.append(0, at, Math.sin(k / 7.0));
            case "histogram_custom" -> to.append(0, at, custom(k % 100));
            case "histogram_float" -> to.append(0, at, gauge(k % 7, k));
            case "histogram_int" -> to.append(0, at, counter(k % 200));
            case "mixed" -> {
                if (k % 50 < 25) {
                    to.append(0, at, (double) k);
                } else {
                    to.append(0, at, gauge(k, k));
                }
            }
            default -> to.append(0, at, 1);
        }
    }

    private static FloatHistogram gauge(double bucket, double sum) {
        return new FloatHistogram(
                CounterResetHint.GAUGE,
                1,
                0.001,
                1.5,
                5 + bucket,
                sum,
                Spans.of(0, 2),
                new double[] {2.5, bucket},
                Spans.of(1, 1),
                new double[] {1},
                new double[0]);
    }

    private static Histogram counter(long count) {
        return new Histogram(
                CounterResetHint.UNKNOWN,
                2,
                0.001,
                count,
                4 * count,
                count * 1.5,
                Spans.of(0, 2, 1, 1),
                new long[] {count, 0, 0},
                Spans.NONE,
                new long[0],
                new double[0]);
    }

    private static Histogram custom(long count) {
        return new Histogram(
                CounterResetHint.UNKNOWN,
                CUSTOM_BUCKETS,
                0,
                0,
                3 * count,
                count,
                Spans.of(0, 3),
                new long[] {count, 0, 0},
                Spans.NONE,
                new long[0],
                new double[] {1, 2, 5});
    }
}
