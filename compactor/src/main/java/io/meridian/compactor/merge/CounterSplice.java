package io.meridian.compactor.merge;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramArithmetic;
import io.meridian.model.histogram.HistogramResets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One running total over windows that come from several chunks in turn. Each chunk counts in its own scale; where the
/// source changes, the new one continues from the total at the time of its own previous point, so that nothing counts
/// twice and no reset appears that no source has seen.
final class CounterSplice {
    private final List<AggregateWindows> sources = new ArrayList<>();
    private final List<Integer> windows = new ArrayList<>();
    private final List<Double> totals = new ArrayList<>();
    private final List<FloatHistogram> histogramTotals = new ArrayList<>();
    private double offset;
    private @Nullable FloatHistogram histogramOffset;

    /// Forgets all: the next window counts in its own scale.
    void clear() {
        sources.clear();
        windows.clear();
        totals.clear();
        histogramTotals.clear();
        offset = 0;
        histogramOffset = null;
    }

    private boolean continues(AggregateWindows source, int window) {
        return !sources.isEmpty() && sources.getLast() == source && windows.getLast() == window - 1;
    }

    private void remember(AggregateWindows source, int window) {
        sources.add(source);
        windows.add(window);
    }

    /// The latest window so far that ends at or before `timeMs`; -1 if none does.
    private int at(long timeMs) {
        int index = sources.size() - 1;
        while (index >= 0 && sources.get(index).times[windows.get(index)] > timeMs) {
            index--;
        }
        return index;
    }

    private boolean endedItsChunk() {
        return sources.getLast().isLast(windows.getLast());
    }

    /// The total at the window.
    double next(AggregateWindows source, int window) {
        double own = source.counters[window];
        double total = own + offset;
        if (!sources.isEmpty() && !continues(source, window)) {
            double last = totals.getLast();
            long pointMs = window == 0 ? source.firstMs : source.times[window - 1];
            double point = window == 0 ? source.firstValue : source.counters[window - 1];
            int anchor = at(pointMs);
            double base = anchor < 0 ? totals.getFirst() : totals.get(anchor);
            if (window == 0 && anchor == sources.size() - 1) {
                base = last + increase(point);
            }
            total = base + (own - point);
            if (Double.isNaN(total) || total < last) {
                total = last;
            }
            offset = total - own;
        }
        remember(source, window);
        totals.add(total);
        return total;
    }

    /// From the last window to the first raw value of a chunk behind it, as readers of chunks count it.
    private double increase(double first) {
        var source = sources.getLast();
        int window = windows.getLast();
        boolean known = endedItsChunk() && !Double.isNaN(source.lastValue);
        double raw = known ? source.lastValue : source.counters[window];
        if (first >= raw) {
            return first - raw;
        }
        return known ? first : 0;
    }

    /// The total at the window; null if the window has none.
    @Nullable
    FloatHistogram nextHistogram(AggregateWindows source, int window) {
        FloatHistogram own = source.counterHistograms[window];
        if (own == null) {
            return null;
        }
        FloatHistogram last = histogramTotals.isEmpty() ? null : histogramTotals.getLast();
        FloatHistogram total;
        if (last == null
                || own.hint() == CounterResetHint.GAUGE
                || last.hint() == CounterResetHint.GAUGE
                || !HistogramArithmetic.areCompatible(own, last)) {
            histogramOffset = null;
            total = own;
        } else if (continues(source, window)) {
            total = histogramOffset == null ? own : plus(own, histogramOffset);
        } else {
            total = plus(last, histogramIncrease(source, window, own));
            if (HistogramResets.isReset(total, last)) {
                total = last;
            }
            histogramOffset = minus(total, own);
        }
        remember(source, window);
        histogramTotals.add(total);
        return total;
    }

    private FloatHistogram histogramIncrease(AggregateWindows source, int window, FloatHistogram own) {
        var last = sources.getLast();
        FloatHistogram lastOwn = last.counterHistograms[windows.getLast()];
        FloatHistogram point = window == 0 ? null : source.counterHistograms[window - 1];
        if (point != null && HistogramArithmetic.areCompatible(own, point)) {
            // What was counted since the source's previous window is in its increase, too.
            int anchor = at(source.times[window - 1]);
            FloatHistogram base = histogramTotals.get(Math.max(anchor, 0));
            FloatHistogram end = histogramTotals.getLast();
            return minus(minus(own, point), minus(end, base));
        }
        FloatHistogram unknown = own.withHint(CounterResetHint.UNKNOWN);
        if (lastOwn == null || !HistogramArithmetic.areCompatible(own, lastOwn)) {
            return unknown;
        }
        if (!HistogramResets.isReset(unknown, lastOwn.withHint(CounterResetHint.UNKNOWN))) {
            return minus(own, lastOwn);
        }
        return endedItsChunk() ? unknown : minus(own, own);
    }

    private static FloatHistogram plus(FloatHistogram a, FloatHistogram b) {
        return HistogramArithmetic.add(a, b).histogram().withHint(CounterResetHint.UNKNOWN);
    }

    private static FloatHistogram minus(FloatHistogram a, FloatHistogram b) {
        return HistogramArithmetic.subtract(a, b).histogram().withHint(CounterResetHint.UNKNOWN);
    }
}
