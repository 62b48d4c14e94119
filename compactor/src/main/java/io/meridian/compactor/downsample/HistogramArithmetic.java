package io.meridian.compactor.downsample;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import io.meridian.model.histogram.HistogramBounds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sums and differences of native histograms, equal to the bit to Prometheus' plain (not compensated) ones.
final class HistogramArithmetic {
    private static final double[] NO_BUCKETS = new double[0];

    private HistogramArithmetic() {}

    static FloatHistogram add(FloatHistogram a, FloatHistogram b) {
        return combine(a, b, 1);
    }

    static FloatHistogram subtract(FloatHistogram a, FloatHistogram b) {
        return combine(a, b, -1);
    }

    /// The histogram at a lower resolution; what it said of counter resets is forgotten, as in Prometheus.
    ///
    /// @param schema exponential, not above the histogram's
    static FloatHistogram reduce(FloatHistogram histogram, int schema) {
        if (histogram.schema() == schema) {
            return histogram;
        }
        int shift = histogram.schema() - schema;
        Side positive = reduce(Side.positive(histogram), shift);
        Side negative = reduce(Side.negative(histogram), shift);
        return new FloatHistogram(
                CounterResetHint.UNKNOWN,
                schema,
                histogram.zeroThreshold(),
                histogram.zeroCount(),
                histogram.count(),
                histogram.sum(),
                positive.spans,
                positive.values,
                negative.spans,
                negative.values,
                histogram.customValues());
    }

    /// One side's buckets: values by ascending index, and the layout they came in.
    private static final class Side {
        static final Side NONE = new Side(Spans.NONE, NO_BUCKETS);

        final Spans spans;
        final int[] indices;
        final double[] values;

        Side(Spans spans, double[] values) {
            this(spans, spans.indices(), values);
        }

        Side(Spans spans, int[] indices, double[] values) {
            this.spans = spans;
            this.indices = indices;
            this.values = values;
        }

        static Side positive(FloatHistogram histogram) {
            return new Side(histogram.positiveSpans(), histogram.positiveBuckets());
        }

        static Side negative(FloatHistogram histogram) {
            return new Side(histogram.negativeSpans(), histogram.negativeBuckets());
        }
    }

    private static Side reduce(Side side, int shift) {
        if (shift == 0 || side.values.length == 0) {
            return side;
        }
        var indices = new int[side.values.length];
        var values = new double[side.values.length];
        int n = 0;
        for (int i = 0; i < side.values.length; i++) {
            int index = ((side.indices[i] - 1) >> shift) + 1;
            if (n > 0 && indices[n - 1] == index) {
                values[n - 1] += side.values[i];
            } else {
                indices[n] = index;
                values[n++] = side.values[i];
            }
        }
        return new Side(Spans.ofIndices(indices, n), Arrays.copyOf(values, n));
    }

    private static FloatHistogram combine(FloatHistogram a, FloatHistogram b, double sign) {
        if (a.hasCustomBounds() != b.hasCustomBounds()) {
            throw new IllegalArgumentException("custom and exponential buckets cannot be combined");
        }
        CounterResetHint hint = mergedHint(a.hint(), b.hint());
        double count = a.count() + sign * b.count();
        double sum = a.sum() + sign * b.sum();
        if (a.hasCustomBounds()) {
            return combineCustom(a, b, sign, hint, count, sum);
        }
        FloatHistogram left = a;
        double zeroCount = b.zeroCount();
        double threshold = b.zeroThreshold();
        while (left.zeroThreshold() != threshold) {
            if (left.zeroThreshold() > threshold) {
                Zero widened = widen(b, left.zeroThreshold());
                zeroCount = widened.count;
                threshold = widened.threshold;
            }
            if (threshold > left.zeroThreshold()) {
                left = withWiderZero(left, threshold);
            }
        }
        zeroCount = left.zeroCount() + sign * zeroCount;
        int schema = Math.min(left.schema(), b.schema());
        Side positive = combine(
                reduce(Side.positive(left), left.schema() - schema),
                reduce(Side.positive(b), b.schema() - schema),
                schema,
                threshold,
                sign);
        Side negative = combine(
                reduce(Side.negative(left), left.schema() - schema),
                reduce(Side.negative(b), b.schema() - schema),
                schema,
                threshold,
                sign);
        return new FloatHistogram(
                hint,
                schema,
                threshold,
                zeroCount,
                count,
                sum,
                positive.spans,
                positive.values,
                negative.spans,
                negative.values,
                a.customValues());
    }

    private static CounterResetHint mergedHint(CounterResetHint a, CounterResetHint b) {
        if (a == b) {
            return a;
        }
        return a == CounterResetHint.GAUGE || b == CounterResetHint.GAUGE
                ? CounterResetHint.GAUGE
                : CounterResetHint.UNKNOWN;
    }

    /// @param threshold leading buckets of `b` up to it are in the zero bucket already
    private static Side combine(Side a, Side b, int schema, double threshold, double sign) {
        int skip = 0;
        while (skip < b.values.length && HistogramBounds.exponentialUpper(schema, b.indices[skip]) <= threshold) {
            skip++;
        }
        var indices = new int[a.values.length + b.values.length];
        var values = new double[indices.length];
        int n = 0;
        int i = 0;
        int j = skip;
        while (i < a.values.length || j < b.values.length) {
            boolean takeA = j == b.values.length || (i < a.values.length && a.indices[i] <= b.indices[j]);
            boolean takeB = i == a.values.length || (j < b.values.length && b.indices[j] <= a.indices[i]);
            indices[n] = takeA ? a.indices[i] : b.indices[j];
            if (takeA && takeB) {
                values[n] = a.values[i++] + sign * b.values[j++];
            } else {
                values[n] = takeA ? a.values[i++] : sign * b.values[j++];
            }
            n++;
        }
        Spans spans = n == a.values.length ? a.spans : extended(a, indices, n);
        return new Side(spans, Arrays.copyOf(indices, n), Arrays.copyOf(values, n));
    }

    /// The layout of `a` with more buckets, as Prometheus extends it: a bucket joins the span that ends before it, else
    /// the one that begins behind it, else it gets a span of its own. Spans that come to touch stay apart.
    private static Spans extended(Side a, int[] union, int count) {
        var starts = new ArrayList<Integer>();
        var lengths = new ArrayList<Integer>();
        int index = 0;
        for (int span = 0; span < a.spans.count(); span++) {
            index += a.spans.offset(span);
            starts.add(index);
            lengths.add(a.spans.length(span));
            index += a.spans.length(span);
        }
        int known = 0;
        for (int i = 0; i < count; i++) {
            if (known < a.indices.length && a.indices[known] == union[i]) {
                known++;
            } else {
                insert(union[i], starts, lengths);
            }
        }
        var pairs = new int[2 * starts.size()];
        int end = 0;
        for (int span = 0; span < starts.size(); span++) {
            pairs[2 * span] = starts.get(span) - end;
            pairs[2 * span + 1] = lengths.get(span);
            end = starts.get(span) + lengths.get(span);
        }
        return Spans.of(pairs);
    }

    private static void insert(int index, List<Integer> starts, List<Integer> lengths) {
        int next = 0;
        while (next < starts.size() && starts.get(next) <= index) {
            next++;
        }
        if (next > 0 && starts.get(next - 1) + lengths.get(next - 1) == index) {
            lengths.set(next - 1, lengths.get(next - 1) + 1);
        } else if (next < starts.size() && starts.get(next) == index + 1) {
            starts.set(next, index);
            lengths.set(next, lengths.get(next) + 1);
        } else {
            starts.add(next, index);
            lengths.add(next, 1);
        }
    }

    private record Zero(double count, double threshold) {}

    /// The zero bucket after its threshold was raised at least to `threshold`: a populated bucket is never cut.
    private static Zero widen(FloatHistogram histogram, double threshold) {
        Side positive = Side.positive(histogram);
        Side negative = Side.negative(histogram);
        double limit = threshold;
        while (true) {
            double[] count = {histogram.zeroCount()};
            double raised = swallow(positive, histogram.schema(), limit, count);
            double again = swallow(negative, histogram.schema(), raised, count);
            if (again == raised) {
                return new Zero(count[0], raised);
            }
            limit = again;
        }
    }

    private static double swallow(Side side, int schema, double limit, double[] count) {
        for (int i = 0; i < side.values.length; i++) {
            if (HistogramBounds.exponentialUpper(schema, side.indices[i] - 1) >= limit) {
                break;
            }
            count[0] += side.values[i];
            double upper = HistogramBounds.exponentialUpper(schema, side.indices[i]);
            if (upper > limit) {
                return side.values[i] == 0 ? limit : upper;
            }
        }
        return limit;
    }

    private static FloatHistogram withWiderZero(FloatHistogram histogram, double threshold) {
        Zero zero = widen(histogram, threshold);
        Side positive = without(Side.positive(histogram), histogram.schema(), zero.threshold);
        Side negative = without(Side.negative(histogram), histogram.schema(), zero.threshold);
        return new FloatHistogram(
                histogram.hint(),
                histogram.schema(),
                zero.threshold,
                zero.count,
                histogram.count(),
                histogram.sum(),
                positive.spans,
                positive.values,
                negative.spans,
                negative.values,
                histogram.customValues());
    }

    /// Without the buckets that the zero bucket covers, and without empty ones.
    private static Side without(Side side, int schema, double threshold) {
        var indices = new int[side.values.length];
        var values = new double[side.values.length];
        int n = 0;
        for (int i = 0; i < side.values.length; i++) {
            boolean covered = HistogramBounds.exponentialUpper(schema, side.indices[i] - 1) < threshold;
            if (!covered && side.values[i] != 0) {
                indices[n] = side.indices[i];
                values[n++] = side.values[i];
            }
        }
        return new Side(Spans.ofIndices(indices, n), Arrays.copyOf(indices, n), Arrays.copyOf(values, n));
    }

    private static FloatHistogram combineCustom(
            FloatHistogram a, FloatHistogram b, double sign, CounterResetHint hint, double count, double sum) {
        Side positive;
        double[] bounds;
        if (sameBounds(a.customValues(), b.customValues())) {
            bounds = a.customValues();
            positive = combine(Side.positive(a), Side.positive(b), 0, -1, sign);
        } else {
            bounds = commonBounds(a.customValues(), b.customValues());
            var values = new double[bounds.length + 1];
            rollUp(a, bounds, 1, values);
            rollUp(b, bounds, sign, values);
            var indices = new int[values.length];
            int n = 0;
            for (int i = 0; i < values.length; i++) {
                if (values[i] != 0) {
                    indices[n] = i;
                    values[n++] = values[i];
                }
            }
            positive = new Side(Spans.ofIndices(indices, n), Arrays.copyOf(values, n));
        }
        return new FloatHistogram(
                hint,
                a.schema(),
                a.zeroThreshold(),
                a.zeroCount(),
                count,
                sum,
                positive.spans,
                positive.values,
                Side.NONE.spans,
                Side.NONE.values,
                bounds);
    }

    static boolean sameBounds(double[] a, double[] b) {
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

    private static double[] commonBounds(double[] a, double[] b) {
        var common = new double[Math.min(a.length, b.length)];
        int n = 0;
        int j = 0;
        for (double bound : a) {
            while (j < b.length && b[j] < bound) {
                j++;
            }
            if (j < b.length && b[j] == bound) {
                common[n++] = bound;
            }
        }
        return Arrays.copyOf(common, n);
    }

    /// Adds each bucket to the first common bound at or above its own upper bound.
    private static void rollUp(FloatHistogram histogram, double[] bounds, double sign, double[] target) {
        Side side = Side.positive(histogram);
        int at = 0;
        for (int i = 0; i < side.values.length; i++) {
            double upper = HistogramBounds.customUpper(histogram.customValues(), side.indices[i]);
            while (at < bounds.length && bounds[at] < upper) {
                at++;
            }
            target[at] += sign * side.values[i];
        }
    }

    /// Whether a counter was reset between `previous` and `current`.
    static boolean isReset(FloatHistogram current, FloatHistogram previous) {
        if (current.hint() == CounterResetHint.RESET) {
            return true;
        }
        if (current.hint() == CounterResetHint.NOT_RESET) {
            return false;
        }
        if (current.count() < previous.count()) {
            return true;
        }
        if (current.hasCustomBounds()
                && (!previous.hasCustomBounds() || !sameBounds(current.customValues(), previous.customValues()))) {
            return !previous.hasCustomBounds() || isCustomReset(current, previous);
        }
        if (previous.hasCustomBounds() != current.hasCustomBounds()
                || current.schema() > previous.schema()
                || current.zeroThreshold() < previous.zeroThreshold()) {
            return true;
        }
        Zero widened = current.zeroThreshold() == previous.zeroThreshold()
                ? new Zero(previous.zeroCount(), previous.zeroThreshold())
                : widen(previous, current.zeroThreshold());
        if (widened.threshold != current.zeroThreshold() || current.zeroCount() < widened.count) {
            return true;
        }
        int shift = previous.schema() - current.schema();
        return hasFallen(current, Side.positive(current), reduce(Side.positive(previous), shift))
                || hasFallen(current, Side.negative(current), reduce(Side.negative(previous), shift));
    }

    private static boolean hasFallen(FloatHistogram histogram, Side current, Side previous) {
        int at = 0;
        for (int i = 0; i < previous.values.length; i++) {
            int index = previous.indices[i];
            if (!histogram.hasCustomBounds()
                    && HistogramBounds.exponentialUpper(histogram.schema(), index) <= histogram.zeroThreshold()) {
                continue;
            }
            while (at < current.values.length && current.indices[at] < index) {
                at++;
            }
            if (at == current.values.length) {
                // As in Thanos: the first bucket behind the current ones decides, those behind it are not looked at.
                return previous.values[i] != 0;
            }
            boolean present = current.indices[at] == index;
            if (present ? current.values[at] < previous.values[i] : previous.values[i] != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCustomReset(FloatHistogram current, FloatHistogram previous) {
        double[] bounds = commonBounds(current.customValues(), previous.customValues());
        var now = new double[bounds.length + 1];
        var before = new double[bounds.length + 1];
        rollUp(current, bounds, 1, now);
        rollUp(previous, bounds, 1, before);
        for (int i = 0; i < now.length; i++) {
            if (now[i] < before[i]) {
                return true;
            }
        }
        return false;
    }
}
