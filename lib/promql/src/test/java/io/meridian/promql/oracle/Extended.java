package io.meridian.promql.oracle;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.model.histogram.HistogramArithmetic;
import io.meridian.model.histogram.HistogramCompaction;
import io.meridian.model.histogram.HistogramResets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `anchored` and `smoothed`: functions of windows that reach beyond their range, and vectors between samples.
final class Extended {
    private static final Element NOTHING_OF = Element.of(Labels.empty(), 0);

    private final List<Point> window;
    private final Windows.Span span;
    private final boolean smoothed;
    private final boolean counter;
    private final int first;
    private final int last;

    private Extended(String function, boolean smoothed, List<Point> window, Windows.Span span) {
        this.window = window;
        this.span = span;
        this.smoothed = smoothed;
        counter = !function.equals("delta");
        int end = window.size() - 1;
        int i = 0;
        while (i < end && window.get(i).timeMs() <= span.startMs()) {
            i++;
        }
        first = Math.max(0, i - 1);
        int j = 0;
        while (j < end && window.get(j).timeMs() < span.endMs()) {
            j++;
        }
        last = smoothed ? j : end;
    }

    /// @param window not empty
    static @Nullable Element apply(String function, boolean smoothed, List<Point> window, Windows.Span span) {
        var extended = new Extended(function, smoothed, window, span);
        if (extended.window.get(extended.last).timeMs() <= span.startMs()
                || smoothed && extended.window.get(extended.first).timeMs() > span.endMs()) {
            return null;
        }
        if (function.equals("resets") || function.equals("changes")) {
            return Windows.apply(function, window.subList(extended.first, window.size()), span, List.of());
        }
        if (window.stream().map(Point::isFloat).distinct().count() > 1) {
            return null;
        }
        boolean rate = function.equals("rate");
        if (window.getFirst().isFloat()) {
            double result = extended.floats();
            return NOTHING_OF.with(rate ? result / span.seconds() : result);
        }
        FloatHistogram result = extended.histograms();
        if (result == null) {
            return null;
        }
        FloatHistogram scaled = rate ? HistogramArithmetic.divide(result, span.seconds()) : result;
        return NOTHING_OF.with(HistogramCompaction.compact(scaled.withHint(CounterResetHint.GAUGE)));
    }

    private boolean interpolatesStart() {
        return smoothed && window.get(first).timeMs() < span.startMs() && first + 1 < window.size();
    }

    private boolean interpolatesEnd() {
        return smoothed && last > 0 && window.get(last).timeMs() > span.endMs();
    }

    private double floats() {
        double left = interpolatesStart()
                ? between(window.get(first), window.get(first + 1), span.startMs(), counter)
                : window.get(first).value();
        double right = interpolatesEnd()
                ? between(window.get(last - 1), window.get(last), span.endMs(), counter)
                : window.get(last).value();
        double result = right - left;
        if (!counter) {
            return result;
        }
        List<Double> path = new ArrayList<>(List.of(left));
        for (int i = first; i <= last; i++) {
            boolean isStart = i == first && window.get(i).timeMs() <= span.startMs();
            boolean isEnd = i == last && window.get(i).timeMs() >= span.endMs();
            if (!isStart && !isEnd) {
                path.add(window.get(i).value());
            }
        }
        path.add(right);
        double lost = 0;
        for (int i = 1; i < path.size(); i++) {
            lost += path.get(i) < path.get(i - 1) ? path.get(i - 1) : 0;
        }
        return result + lost;
    }

    static double between(Point a, Point b, long timeMs, boolean counter) {
        double from = counter && b.value() < a.value() ? 0 : a.value();
        return from + (b.value() - from) * (timeMs - a.timeMs()) / (b.timeMs() - a.timeMs());
    }

    private FloatHistogram at(int index) {
        return Windows.histogram(window.get(index));
    }

    /// Null if they do not go together.
    private @Nullable FloatHistogram histograms() {
        for (int i = first; i <= last; i++) {
            if (at(i).hasCustomBounds() != at(first).hasCustomBounds()) {
                return null;
            }
        }
        FloatHistogram left = interpolatesStart()
                ? betweenHistograms(window.get(first), window.get(first + 1), span.startMs(), counter)
                : at(first);
        FloatHistogram right = interpolatesEnd()
                ? betweenHistograms(window.get(last - 1), window.get(last), span.endMs(), counter)
                : at(last);
        if (left == null || right == null) {
            return null;
        }
        FloatHistogram result = HistogramArithmetic.subtract(right, left).histogram();
        if (!counter) {
            return result;
        }
        // A start between two samples has made up for a reset between them.
        boolean madeUp = interpolatesStart() && HistogramResets.isReset(at(first + 1), at(first));
        if (first + (madeUp ? 1 : 0) >= last) {
            return result;
        }
        List<FloatHistogram> path = new ArrayList<>();
        if (!madeUp) {
            path.add(left);
        }
        for (int i = first + 1; i < last; i++) {
            path.add(at(i));
        }
        path.add(right);
        FloatHistogram lost = null;
        for (int i = 1; i < path.size(); i++) {
            if (HistogramResets.isReset(path.get(i), path.get(i - 1))) {
                lost = lost == null
                        ? path.get(i - 1)
                        : HistogramArithmetic.add(lost, path.get(i - 1)).histogram();
            }
        }
        return lost == null ? result : HistogramArithmetic.add(result, lost).histogram();
    }

    static @Nullable FloatHistogram betweenHistograms(Point a, Point b, long timeMs, boolean counter) {
        FloatHistogram low = Windows.histogram(a);
        FloatHistogram high = Windows.histogram(b);
        if (!HistogramArithmetic.areCompatible(low, high)) {
            return null;
        }
        double fraction = (double) (timeMs - a.timeMs()) / (b.timeMs() - a.timeMs());
        if (counter && HistogramResets.isReset(high, low)) {
            return HistogramArithmetic.multiply(high, fraction);
        }
        FloatHistogram difference = HistogramArithmetic.subtract(high, low).histogram();
        return HistogramArithmetic.add(HistogramArithmetic.multiply(difference, fraction), low)
                .histogram();
    }

    /// What a smoothed vector has at a time.
    ///
    /// @param window one lookback back and ahead
    static @Nullable Element vector(List<Point> window, long timeMs) {
        if (window.stream().map(Point::isFloat).distinct().count() != 1) {
            return null;
        }
        Point before = null;
        for (Point point : window) {
            if (point.timeMs() == timeMs) {
                return Windows.sample(point);
            }
            if (point.timeMs() > timeMs) {
                return before == null ? null : vector(before, point, timeMs);
            }
            before = point;
        }
        return before == null ? null : Windows.sample(before);
    }

    private static @Nullable Element vector(Point before, Point after, long timeMs) {
        if (before.isFloat()) {
            return NOTHING_OF.with(between(before, after, timeMs, false));
        }
        boolean counter = Windows.histogram(before).hint() != CounterResetHint.GAUGE
                || Windows.histogram(after).hint() != CounterResetHint.GAUGE;
        FloatHistogram histogram = betweenHistograms(before, after, timeMs, counter);
        return histogram == null ? null : NOTHING_OF.with(histogram);
    }
}
