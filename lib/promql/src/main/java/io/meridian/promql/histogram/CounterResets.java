package io.meridian.promql.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBounds;

/// Whether a histogram cannot be the same counter as the one before it, only later.
public final class CounterResets {
    private final HistogramSum current = new HistogramSum();
    private final HistogramSum previous = new HistogramSum();

    public boolean isReset(FloatHistogram now, FloatHistogram before) {
        if (now.hint() == CounterResetHint.RESET) {
            return true;
        }
        if (now.hint() == CounterResetHint.NOT_RESET) {
            return false;
        }
        if (now.count() < before.count()) {
            return true;
        }
        if (now.hasCustomBounds()) {
            if (!before.hasCustomBounds()) {
                return true;
            }
            if (!sameBounds(now.customValues(), before.customValues())) {
                return isResetOnCommonBounds(now, before);
            }
        }
        if (now.schema() > before.schema() || now.zeroThreshold() < before.zeroThreshold()) {
            return true;
        }
        current.load(now);
        previous.load(before);
        if (!now.hasCustomBounds() && zeroBucketFell()) {
            return true;
        }
        previous.reduceTo(now.schema());
        return fell(current.positive, previous.positive) || fell(current.negative, previous.negative);
    }

    private static boolean sameBounds(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean zeroBucketFell() {
        double[] widened = {previous.zeroCount, 0, previous.zeroThreshold};
        if (previous.zeroThreshold != current.zeroThreshold) {
            ZeroBucket.widen(previous, current.zeroThreshold, false, widened);
        }
        return widened[2] != current.zeroThreshold || current.zeroCount < widened[0];
    }

    /// Whether a populated bucket of the earlier one is missing or smaller now.
    private boolean fell(BucketSide now, BucketSide before) {
        int i = 0;
        for (int j = 0; j < before.size; j++) {
            if (current.zeroThreshold != 0
                    && HistogramBounds.exponentialUpper(current.schema, before.indices[j]) <= current.zeroThreshold) {
                continue;
            }
            while (i < now.size && now.indices[i] < before.indices[j]) {
                i++;
            }
            boolean missing = i == now.size || now.indices[i] > before.indices[j];
            if (missing ? before.values[j] != 0 : now.values[i] < before.values[j]) {
                return true;
            }
        }
        return false;
    }

    private boolean isResetOnCommonBounds(FloatHistogram now, FloatHistogram before) {
        double[] common = CustomBounds.common(now.customValues(), before.customValues());
        double[] populations = new double[common.length + 1];
        current.load(now);
        previous.load(before);
        double[] earlier = new double[common.length + 1];
        gather(current, common, populations);
        gather(previous, common, earlier);
        for (int i = 0; i < populations.length; i++) {
            if (populations[i] < earlier[i]) {
                return true;
            }
        }
        return false;
    }

    private static void gather(HistogramSum histogram, double[] common, double[] populations) {
        BucketSide side = histogram.positive;
        for (int i = 0; i < side.size; i++) {
            populations[CustomBounds.target(common, histogram.bounds, side.indices[i])] += side.values[i];
        }
    }
}
