package io.meridian.promql.oracle;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramArithmetic;
import io.meridian.model.histogram.HistogramCompaction;
import io.meridian.model.histogram.HistogramEquality;
import io.meridian.model.histogram.HistogramResets;
import io.meridian.model.histogram.HistogramResolution;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Functions of the samples of one window.
final class Windows {
    /// Start and end of the window, the start outside of it.
    record Span(long startMs, long endMs, long stepMs) {
        double seconds() {
            return (endMs - startMs) / 1000.0;
        }
    }

    private Windows() {}

    private static final Element NOTHING_OF = Element.of(io.meridian.model.Labels.empty(), 0);

    private static Element of(double value) {
        return NOTHING_OF.with(value);
    }

    private static Element of(FloatHistogram histogram) {
        return NOTHING_OF.with(histogram);
    }

    /// Null: no result. Labels are left to the caller.
    static @Nullable Element apply(String function, List<Point> window, Span span, List<Double> parameters) {
        List<Double> floats =
                window.stream().filter(Point::isFloat).map(Point::value).toList();
        Point first = window.getFirst();
        Point last = window.getLast();
        boolean mixed = !floats.isEmpty() && floats.size() < window.size();
        return switch (function) {
            case "count_over_time" -> of(window.size());
            case "present_over_time" -> of(1);
            case "first_over_time" -> sample(first);
            case "last_over_time" -> sample(last);
            case "ts_of_first_over_time" -> of(first.timeMs() / 1000.0);
            case "ts_of_last_over_time" -> of(last.timeMs() / 1000.0);
            case "changes" -> of(changes(window));
            case "resets" -> of(resets(window));
            case "rate", "increase", "delta" -> {
                if (mixed || window.size() < 2 && !startsInside(function, window, span)) {
                    yield null;
                }
                yield floats.isEmpty() ? histogramRate(function, window, span) : of(floatRate(function, window, span));
            }
            case "irate", "idelta" -> instant(function, window);
            case "sum_over_time", "avg_over_time" -> {
                if (mixed) {
                    yield null;
                }
                boolean average = function.equals("avg_over_time");
                if (floats.isEmpty()) {
                    FloatHistogram mean =
                            mean(window.stream().map(Point::histogram).toList(), average);
                    yield mean == null ? null : of(mean);
                }
                yield of(average ? Sums.average(floats) : sumOverTime(floats));
            }
            default -> floats.isEmpty() ? null : ofFloats(function, window, floats, span, parameters);
        };
    }

    static Element sample(Point point) {
        return point.histogram() == null ? of(point.value()) : of(point.histogram());
    }

    private static double sumOverTime(List<Double> floats) {
        Sums sums = Sums.fromZero();
        floats.forEach(sums::add);
        return Double.isInfinite(sums.sum()) ? sums.sum() : sums.result();
    }

    private static @Nullable Element ofFloats(
            String function, List<Point> window, List<Double> floats, Span span, List<Double> parameters) {
        return switch (function) {
            case "max_over_time" -> of(extreme(floats, true));
            case "min_over_time" -> of(extreme(floats, false));
            case "ts_of_max_over_time" -> of(timeOfExtreme(window, true));
            case "ts_of_min_over_time" -> of(timeOfExtreme(window, false));
            case "stdvar_over_time" -> of(Sums.varianceOverTime(floats));
            case "stddev_over_time" -> of(Math.sqrt(Sums.varianceOverTime(floats)));
            case "quantile_over_time" -> of(Sums.quantile(parameters.getFirst(), floats));
            case "mad_over_time" -> {
                if (floats.stream().anyMatch(value -> value.isNaN())) {
                    yield of(Double.NaN);
                }
                double median = Sums.quantile(0.5, floats);
                yield of(Sums.quantile(
                        0.5,
                        floats.stream().map(value -> Math.abs(value - median)).toList()));
            }
            case "deriv" -> line(window, firstFloat(window).timeMs(), 0, false);
            case "predict_linear" -> line(window, span.stepMs(), parameters.getFirst(), true);
            case "double_exponential_smoothing" -> smoothed(floats, parameters.get(0), parameters.get(1));
            default -> throw new Undecided(function);
        };
    }

    private static Point firstFloat(List<Point> window) {
        return window.stream().filter(Point::isFloat).findFirst().orElseThrow();
    }

    static double extreme(List<Double> values, boolean max) {
        double result = values.getFirst();
        for (double value : values) {
            if ((max ? result < value : result > value) || Double.isNaN(result)) {
                result = value;
            }
        }
        return result;
    }

    private static double timeOfExtreme(List<Point> window, boolean max) {
        Point result = firstFloat(window);
        for (Point point : window) {
            if (point.isFloat()
                    && ((max ? result.value() <= point.value() : result.value() >= point.value())
                            || Double.isNaN(result.value()))) {
                result = point;
            }
        }
        return result.timeMs() / 1000.0;
    }

    private static double changes(List<Point> window) {
        int changes = 0;
        for (int i = 1; i < window.size(); i++) {
            Point a = window.get(i - 1);
            Point b = window.get(i);
            FloatHistogram before = a.histogram();
            FloatHistogram after = b.histogram();
            if (before == null && after == null) {
                changes += a.value() != b.value() && !(Double.isNaN(a.value()) && Double.isNaN(b.value())) ? 1 : 0;
            } else {
                changes += before == null || after == null || !HistogramEquality.same(after, before) ? 1 : 0;
            }
        }
        return changes;
    }

    /// Whether a counter's first sample tells that it has grown from zero since a time within the window.
    private static boolean startsInside(String function, List<Point> window, Span span) {
        Point first = window.getFirst();
        return !function.equals("delta")
                && first.startMs() != 0
                && first.startMs() > span.startMs()
                && first.startMs() < first.timeMs();
    }

    private static boolean isReset(Point a, Point b) {
        FloatHistogram before = a.histogram();
        FloatHistogram after = b.histogram();
        if ((before == null) == (after == null) && b.restartsAfter(a)) {
            return true;
        }
        if (before == null && after == null) {
            return b.value() < a.value();
        }
        return before == null || after == null || HistogramResets.isReset(after, before);
    }

    private static double resets(List<Point> window) {
        int resets = 0;
        for (int i = 1; i < window.size(); i++) {
            resets += isReset(window.get(i - 1), window.get(i)) ? 1 : 0;
        }
        return resets;
    }

    private static double floatRate(String function, List<Point> window, Span span) {
        boolean counter = !function.equals("delta");
        double first = window.getFirst().value();
        double result = window.getLast().value() - first;
        for (int i = 1; counter && i < window.size(); i++) {
            if (isReset(window.get(i - 1), window.get(i))) {
                result += window.get(i - 1).value();
            }
        }
        if (startsInside(function, window, span)) {
            result += first;
        }
        return result * factor(function, window, span, counter && result > 0 && first >= 0 ? first / result : -1);
    }

    /// @param share of the first sample in the result; below 0: it may not be extended down to zero
    private static double factor(String function, List<Point> window, Span span, double share) {
        double toStart = (window.getFirst().timeMs() - span.startMs()) / 1000.0;
        double toEnd = (span.endMs() - window.getLast().timeMs()) / 1000.0;
        double sampled = (window.getLast().timeMs() - window.getFirst().timeMs()) / 1000.0;
        double average = window.size() == 1 ? 0 : sampled / (window.size() - 1);
        double threshold = average * 1.1;
        if (toStart >= threshold) {
            toStart = average / 2;
        }
        if (share >= 0 && sampled * share < toStart) {
            toStart = sampled * share;
        }
        if (startsInside(function, window, span)) {
            toStart = 0;
            sampled = (window.getLast().timeMs() - window.getFirst().startMs()) / 1000.0;
        }
        if (toEnd >= threshold) {
            toEnd = average / 2;
        }
        double factor = (sampled + toStart + toEnd) / sampled;
        return function.equals("rate") ? factor / span.seconds() : factor;
    }

    static FloatHistogram histogram(Point point) {
        FloatHistogram histogram = point.histogram();
        if (histogram == null) {
            throw new IllegalStateException("not a histogram: " + point);
        }
        return histogram;
    }

    private static @Nullable Element histogramRate(String function, List<Point> window, Span span) {
        if (window.size() == 1) {
            double factor = factor(function, window, span, -1);
            return of(HistogramArithmetic.multiply(histogram(window.getFirst()), factor));
        }
        boolean counter = !function.equals("delta");
        FloatHistogram first = histogram(window.getFirst());
        FloatHistogram last = histogram(window.getLast());
        boolean firstIgnored = counter && isReset(window.get(0), window.get(1));
        boolean custom = last.hasCustomBounds();
        if (!firstIgnored && first.hasCustomBounds() != custom) {
            return null;
        }
        if (firstIgnored && histogram(window.get(1)).hasCustomBounds() != custom) {
            return null;
        }
        int schema = last.schema();
        for (int i = firstIgnored ? 1 : 0; i < window.size(); i++) {
            FloatHistogram each = histogram(window.get(i));
            if (counter && each.hasCustomBounds() != custom) {
                return null;
            }
            if (counter || i == 0) {
                schema = Math.min(schema, each.schema());
            }
        }
        FloatHistogram result = custom ? last : HistogramResolution.reduce(last, schema);
        if (!firstIgnored) {
            result = HistogramArithmetic.subtract(result, first).histogram();
        }
        for (int i = 1; counter && i < window.size(); i++) {
            FloatHistogram before = histogram(window.get(i - 1));
            if (isReset(window.get(i - 1), window.get(i)) && !(i == 1 && firstIgnored)) {
                result = HistogramArithmetic.add(result, before).histogram();
            }
        }
        if (firstIgnored && custom) {
            throw new Undecided("a reset at the second histogram, whose bounds still count");
        }
        double share = counter && result.count() > 0 && first.count() >= 0 ? first.count() / result.count() : -1;
        FloatHistogram compact = HistogramCompaction.compact(result.withHint(CounterResetHint.GAUGE));
        if (startsInside(function, window, span)) {
            if (!HistogramArithmetic.areCompatible(compact, first)) {
                return null;
            }
            compact = HistogramArithmetic.add(compact, first).histogram();
        }
        return of(HistogramArithmetic.multiply(compact, factor(function, window, span, share)));
    }

    private static @Nullable Element instant(String function, List<Point> window) {
        if (window.size() < 2) {
            return null;
        }
        Point a = window.get(window.size() - 2);
        Point b = window.getLast();
        if (a.isFloat() != b.isFloat()) {
            return null;
        }
        boolean rate = function.equals("irate");
        double seconds = (b.timeMs() - a.timeMs()) / 1000.0;
        if (b.isFloat()) {
            double difference = rate && isReset(a, b) ? b.value() : b.value() - a.value();
            return of(rate ? difference / seconds : difference);
        }
        FloatHistogram difference = histogram(b);
        if (!rate || !isReset(a, b)) {
            if (!HistogramArithmetic.areCompatible(difference, histogram(a))) {
                return null;
            }
            difference = HistogramArithmetic.subtract(difference, histogram(a)).histogram();
        }
        difference = HistogramCompaction.compact(difference.withHint(CounterResetHint.GAUGE));
        return of(rate ? HistogramArithmetic.divide(difference, seconds) : difference);
    }

    /// The sum or average, or null if they cannot be added.
    static @Nullable FloatHistogram mean(List<@Nullable FloatHistogram> histograms, boolean average) {
        FloatHistogram sum = null;
        for (FloatHistogram each : histograms) {
            if (each == null) {
                throw new IllegalStateException("a float among histograms");
            }
            if (sum == null) {
                sum = each;
            } else if (!HistogramArithmetic.areCompatible(sum, each)) {
                return null;
            } else {
                sum = HistogramArithmetic.add(sum, each).histogram();
            }
        }
        if (sum == null) {
            return null;
        }
        return average ? HistogramArithmetic.divide(sum, histograms.size()) : sum;
    }

    private static @Nullable Element line(List<Point> window, long originMs, double seconds, boolean predict) {
        List<Point> points = window.stream().filter(Point::isFloat).toList();
        if (points.size() < 2) {
            return null;
        }
        double firstValue = points.getFirst().value();
        Sums x = Sums.fromZero();
        Sums y = Sums.fromZero();
        Sums xy = Sums.fromZero();
        Sums xx = Sums.fromZero();
        boolean constant = true;
        for (Point point : points) {
            constant &= point.value() == firstValue;
            double at = (point.timeMs() - originMs) / 1000.0;
            x.add(at);
            y.add(point.value());
            xy.add(at * point.value());
            xx.add(at * at);
        }
        if (constant) {
            double value = Double.isInfinite(firstValue) ? Double.NaN : firstValue;
            double slope = Double.isInfinite(firstValue) ? Double.NaN : 0;
            return of(predict ? slope * seconds + value : slope);
        }
        double n = points.size();
        double covariance = xy.result() - x.result() * y.result() / n;
        double variance = xx.result() - x.result() * x.result() / n;
        double slope = covariance / variance;
        double intercept = y.result() / n - slope * x.result() / n;
        return of(predict ? slope * seconds + intercept : slope);
    }

    private static @Nullable Element smoothed(List<Double> floats, double smoothing, double trend) {
        if (floats.size() < 2) {
            return null;
        }
        double before = 0;
        double level = floats.get(0);
        double slope = floats.get(1) - floats.get(0);
        for (int i = 1; i < floats.size(); i++) {
            double x = smoothing * floats.get(i);
            if (i > 1) {
                slope = trend * (level - before) + (1 - trend) * slope;
            }
            double y = (1 - smoothing) * (level + slope);
            before = level;
            level = x + y;
        }
        return of(level);
    }
}
