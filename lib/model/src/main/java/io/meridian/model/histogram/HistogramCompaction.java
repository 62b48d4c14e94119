package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import java.util.Arrays;

/// Takes empty buckets out of a histogram.
public final class HistogramCompaction {
    private HistogramCompaction() {}

    /// Without buckets that are 0; a NaN stays.
    public static FloatHistogram compact(FloatHistogram histogram) {
        return compact(histogram, 0);
    }

    /// Keeps, or fills in, empty buckets between populated ones where no more than `emptyMax` lie in a row.
    public static FloatHistogram compact(FloatHistogram histogram, int emptyMax) {
        if (isCompact(histogram.positiveSpans(), histogram.positiveBuckets(), emptyMax)
                && isCompact(histogram.negativeSpans(), histogram.negativeBuckets(), emptyMax)) {
            return histogram;
        }
        int[] positive = kept(histogram.positiveSpans(), histogram.positiveBuckets(), emptyMax);
        int[] negative = kept(histogram.negativeSpans(), histogram.negativeBuckets(), emptyMax);
        return new FloatHistogram(
                histogram.hint(),
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.zeroCount(),
                histogram.count(),
                histogram.sum(),
                Spans.ofIndices(positive, positive.length),
                at(positive, histogram.positiveSpans(), histogram.positiveBuckets()),
                Spans.ofIndices(negative, negative.length),
                at(negative, histogram.negativeSpans(), histogram.negativeBuckets()),
                histogram.customValues());
    }

    private static boolean isCompact(Spans spans, double[] counts, int emptyMax) {
        for (double count : counts) {
            if (count == 0) {
                return false;
            }
        }
        for (int i = 0; i < spans.count(); i++) {
            if (spans.length(i) == 0 || i > 0 && spans.offset(i) <= emptyMax) {
                return false;
            }
        }
        return true;
    }

    /// Indices of the buckets that the compact form has.
    private static int[] kept(Spans spans, double[] counts, int emptyMax) {
        int[] indices = spans.indices();
        int[] kept = new int[counts.length];
        int size = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                continue;
            }
            if (size > 0) {
                int gap = indices[i] - kept[size - 1] - 1;
                if (gap > 0 && gap <= emptyMax) {
                    for (int fill = 0; fill < gap; fill++) {
                        kept = append(kept, size, kept[size - 1] + 1);
                        size++;
                    }
                }
            }
            kept = append(kept, size++, indices[i]);
        }
        return Arrays.copyOf(kept, size);
    }

    private static int[] append(int[] values, int size, int value) {
        int[] target = size == values.length ? Arrays.copyOf(values, 2 * size + 1) : values;
        target[size] = value;
        return target;
    }

    private static double[] at(int[] wanted, Spans spans, double[] counts) {
        int[] indices = spans.indices();
        double[] result = new double[wanted.length];
        for (int i = 0, j = 0; i < wanted.length; i++) {
            while (j < indices.length && indices[j] < wanted[i]) {
                j++;
            }
            result[i] = j < indices.length && indices[j] == wanted[i] ? counts[j] : 0;
        }
        return result;
    }
}
