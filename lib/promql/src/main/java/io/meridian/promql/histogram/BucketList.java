package io.meridian.promql.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import io.meridian.model.histogram.HistogramBounds;
import java.util.Arrays;

/// All buckets of a histogram from the lowest to the highest, negative, zero and positive, clipped where they reach
/// into the zero bucket. Reused.
public final class BucketList {
    double[] lowers = new double[32];
    double[] uppers = new double[32];
    double[] counts = new double[32];
    int size;

    public int size() {
        return size;
    }

    public double lower(int bucket) {
        return lowers[bucket];
    }

    public double upper(int bucket) {
        return uppers[bucket];
    }

    public double count(int bucket) {
        return counts[bucket];
    }

    public void load(FloatHistogram histogram) {
        size = 0;
        double zero = histogram.zeroThreshold();
        loadNegative(histogram, zero);
        if (histogram.zeroCount() > 0) {
            add(-zero, zero, histogram.zeroCount());
        }
        double[] buckets = histogram.positiveBuckets();
        Spans spans = histogram.positiveSpans();
        int at = 0;
        int index = 0;
        for (int span = 0; span < spans.count(); span++) {
            index += spans.offset(span);
            for (int i = spans.length(span); i > 0; i--, index++) {
                double lower = HistogramBounds.lower(histogram, index);
                add(lower > 0 && lower < zero ? zero : lower, HistogramBounds.upper(histogram, index), buckets[at++]);
            }
        }
    }

    private void loadNegative(FloatHistogram histogram, double zero) {
        double[] buckets = histogram.negativeBuckets();
        if (buckets.length == 0) {
            return;
        }
        int[] indices = histogram.negativeSpans().indices();
        for (int i = buckets.length - 1; i >= 0; i--) {
            double upper = -HistogramBounds.lower(histogram, indices[i]);
            add(-HistogramBounds.upper(histogram, indices[i]), upper < 0 && upper > -zero ? -zero : upper, buckets[i]);
        }
    }

    private void add(double lower, double upper, double count) {
        if (size == counts.length) {
            lowers = Arrays.copyOf(lowers, 2 * size);
            uppers = Arrays.copyOf(uppers, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        lowers[size] = lower;
        uppers[size] = upper;
        counts[size++] = count;
    }
}
