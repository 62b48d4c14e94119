package io.meridian.promql.script;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.Labels;
import io.meridian.model.Spans;
import io.meridian.model.histogram.HistogramCompaction;
import io.meridian.promql.parse.Literals;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Turns classic histogram series into native histograms with custom bounds (`load_with_nhcb`).
final class ClassicToCustom {
    private static final double[] NONE = new double[0];

    /// The parts of one histogram at one time; cumulative counts by upper bound.
    private static final class Parts {
        final TreeMap<Double, Double> buckets = new TreeMap<>();
        boolean hasCount;
        double count;
        double sum;
    }

    private final Map<Labels, TreeMap<Long, Parts>> histograms = new HashMap<>();

    /// @throws IllegalArgumentException if a bucket's count is negative or its bound not a number
    void add(Labels labels, Map<Long, LoadedData.Sample> samples) {
        String name = labels.metricName();
        if (name.endsWith("_bucket")) {
            Double bound = bound(labels.get("le"));
            if (bound != null) {
                Labels base = base(labels.without("le"), name, "_bucket");
                samples.forEach((timeMs, sample) -> addBucket(parts(base, timeMs), bound, sample));
            }
        } else if (name.endsWith("_count")) {
            Labels base = base(labels, name, "_count");
            samples.forEach((timeMs, sample) -> {
                if (sample.histogram() == null) {
                    Parts parts = parts(base, timeMs);
                    parts.hasCount = true;
                    parts.count = sample.value();
                }
            });
        } else if (name.endsWith("_sum")) {
            Labels base = base(labels, name, "_sum");
            samples.forEach((timeMs, sample) -> {
                if (sample.histogram() == null) {
                    parts(base, timeMs).sum = sample.value();
                }
            });
        }
    }

    private static void addBucket(Parts parts, double bound, LoadedData.Sample sample) {
        if (sample.histogram() != null) {
            return;
        }
        if (Double.isNaN(bound) || sample.value() < 0) {
            throw new IllegalArgumentException(
                    "bad bucket: le=%s, count=%s".formatted(GoFloat.general(bound), GoFloat.general(sample.value())));
        }
        parts.buckets.putIfAbsent(bound, sample.value());
    }

    /// The upper bound that `le` names, or null if it names none.
    private static @Nullable Double bound(String le) {
        boolean negative = le.startsWith("-");
        try {
            double value = Literals.number(negative || le.startsWith("+") ? le.substring(1) : le);
            return negative ? -value : value;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private Parts parts(Labels base, long timeMs) {
        return histograms.computeIfAbsent(base, key -> new TreeMap<>()).computeIfAbsent(timeMs, key -> new Parts());
    }

    private static Labels base(Labels labels, String name, String suffix) {
        return labels.with(Labels.METRIC_NAME, name.substring(0, name.length() - suffix.length()));
    }

    /// The native histograms, as float histograms.
    ///
    /// @throws IllegalArgumentException if counts contradict each other
    Map<Labels, Map<Long, LoadedData.Sample>> convert() {
        var converted = new HashMap<Labels, Map<Long, LoadedData.Sample>>();
        histograms.forEach((labels, byTime) -> {
            var samples = new TreeMap<Long, LoadedData.Sample>();
            byTime.forEach((timeMs, parts) -> samples.put(timeMs, new LoadedData.Sample(0, histogram(parts), 0)));
            converted.put(labels, samples);
        });
        return converted;
    }

    private static FloatHistogram histogram(Parts parts) {
        TreeMap<Double, Double> cumulative = parts.buckets;
        double last = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
        double count = parts.hasCount ? parts.count : last;
        cumulative.putIfAbsent(Double.POSITIVE_INFINITY, count);
        double[] bounds = new double[cumulative.size() - 1];
        double[] buckets = new double[cumulative.size()];
        boolean integral = count == Math.rint(count);
        double previous = 0;
        int i = 0;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            double value = bucket.getValue();
            if (value < previous) {
                throw new IllegalArgumentException("count is not cumulative: %s < %s"
                        .formatted(GoFloat.general(value), GoFloat.general(previous)));
            }
            if (i < bounds.length) {
                bounds[i] = bucket.getKey();
            }
            integral &= value == Math.rint(value);
            buckets[i++] = value - previous;
            previous = value;
        }
        if (previous != count) {
            throw new IllegalArgumentException("count mismatch: last bucket %s, count %s"
                    .formatted(GoFloat.general(previous), GoFloat.general(count)));
        }
        var histogram = new FloatHistogram(
                CounterResetHint.UNKNOWN,
                FloatHistogram.CUSTOM_SCHEMA,
                0,
                0,
                count,
                parts.sum,
                Spans.of(0, buckets.length),
                buckets,
                Spans.NONE,
                NONE,
                bounds);
        return HistogramCompaction.compact(histogram, integral ? 2 : 0);
    }
}
