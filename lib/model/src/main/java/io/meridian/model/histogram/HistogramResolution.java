package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.Spans;
import java.util.Arrays;

/// Brings exponential histograms to a coarser schema.
public final class HistogramResolution {
    private HistogramResolution() {}

    /// The index in `toSchema` of the bucket that covers bucket `index` of `fromSchema`, which is finer.
    public static int targetIndex(int index, int fromSchema, int toSchema) {
        return ((index - 1) >> Math.min(fromSchema - toSchema, 31)) + 1;
    }

    /// The histogram in the coarser schema, counts added in the order of their buckets.
    ///
    /// @throws IllegalArgumentException if the schema is finer, or either has custom bounds
    public static FloatHistogram reduce(FloatHistogram histogram, int schema) {
        check(histogram.schema(), schema);
        if (histogram.schema() == schema) {
            return histogram;
        }
        int[] positive = targets(histogram.positiveSpans(), histogram.schema(), schema);
        int[] negative = targets(histogram.negativeSpans(), histogram.schema(), schema);
        return new FloatHistogram(
                histogram.hint(),
                schema,
                histogram.zeroThreshold(),
                histogram.zeroCount(),
                histogram.count(),
                histogram.sum(),
                distinct(positive),
                merged(positive, histogram.positiveBuckets()),
                distinct(negative),
                merged(negative, histogram.negativeBuckets()),
                histogram.customValues());
    }

    /// As [#reduce(FloatHistogram, int)].
    public static Histogram reduce(Histogram histogram, int schema) {
        check(histogram.schema(), schema);
        int[] positive = targets(histogram.positiveSpans(), histogram.schema(), schema);
        int[] negative = targets(histogram.negativeSpans(), histogram.schema(), schema);
        return new Histogram(
                histogram.hint(),
                schema,
                histogram.zeroThreshold(),
                histogram.zeroCount(),
                histogram.count(),
                histogram.sum(),
                distinct(positive),
                merged(positive, histogram.positiveDeltas()),
                distinct(negative),
                merged(negative, histogram.negativeDeltas()),
                histogram.customValues());
    }

    /// Schemas above 8 are legal on disk only: a reader reduces them.
    public static FloatHistogram reduceReserved(FloatHistogram histogram) {
        return histogram.schema() > FloatHistogram.SCHEMA_MAX
                ? reduce(histogram, FloatHistogram.SCHEMA_MAX)
                : histogram;
    }

    /// As [#reduceReserved(FloatHistogram)].
    public static Histogram reduceReserved(Histogram histogram) {
        return histogram.schema() > FloatHistogram.SCHEMA_MAX
                ? reduce(histogram, FloatHistogram.SCHEMA_MAX)
                : histogram;
    }

    private static void check(int from, int to) {
        if (from == FloatHistogram.CUSTOM_SCHEMA || to == FloatHistogram.CUSTOM_SCHEMA || to > from) {
            throw new IllegalArgumentException("cannot reduce schema %d to %d".formatted(from, to));
        }
    }

    private static int[] targets(Spans spans, int from, int to) {
        int[] indices = spans.indices().clone();
        for (int i = 0; i < indices.length; i++) {
            indices[i] = targetIndex(indices[i], from, to);
        }
        return indices;
    }

    private static Spans distinct(int[] targets) {
        int[] kept = new int[targets.length];
        int count = 0;
        for (int target : targets) {
            if (count == 0 || kept[count - 1] != target) {
                kept[count++] = target;
            }
        }
        return Spans.ofIndices(kept, count);
    }

    private static double[] merged(int[] targets, double[] buckets) {
        double[] result = new double[buckets.length];
        int count = 0;
        for (int i = 0; i < buckets.length; i++) {
            if (i > 0 && targets[i] == targets[i - 1]) {
                result[count - 1] += buckets[i];
            } else {
                result[count++] = buckets[i];
            }
        }
        return Arrays.copyOf(result, count);
    }

    private static long[] merged(int[] targets, long[] deltas) {
        long[] absolute = new long[deltas.length];
        int count = 0;
        long current = 0;
        for (int i = 0; i < deltas.length; i++) {
            current += deltas[i];
            if (i > 0 && targets[i] == targets[i - 1]) {
                absolute[count - 1] += current;
            } else {
                absolute[count++] = current;
            }
        }
        for (int i = count - 1; i > 0; i--) {
            absolute[i] -= absolute[i - 1];
        }
        return Arrays.copyOf(absolute, count);
    }
}
