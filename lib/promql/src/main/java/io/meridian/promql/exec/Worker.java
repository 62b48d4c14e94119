package io.meridian.promql.exec;

import io.meridian.model.SampleBuffer;
import java.util.ArrayList;
import java.util.List;

/// What one thread reuses while it makes columns: the decoded series, its windows, and columns in between.
final class Worker {
    final SampleBuffer buffer = new SampleBuffer();
    final Windows windows = new Windows();
    final Scratch scratch = new Scratch();
    final MixedRange mixedRange = new MixedRange();
    final HistogramWork histograms = new HistogramWork();
    private static final long[] NO_COUNTS = new long[0];

    private final List<long[]> counts = new ArrayList<>();
    private final List<Column> free = new ArrayList<>();

    /// Sums by step that this worker keeps under a number.
    long[] counts(int number, int steps) {
        while (counts.size() <= number) {
            counts.add(NO_COUNTS);
        }
        if (counts.get(number).length != steps) {
            counts.set(number, new long[steps]);
        }
        return counts.get(number);
    }

    void addCounts(int number, long[] target) {
        if (number < counts.size()) {
            long[] own = counts.get(number);
            for (int k = 0; k < own.length; k++) {
                target[k] += own[k];
            }
        }
    }

    /// A column of unknown content; to be given back.
    Column borrow(int steps) {
        for (int i = free.size() - 1; i >= 0; i--) {
            if (free.get(i).steps() == steps) {
                return free.remove(i);
            }
        }
        return new Column(steps);
    }

    void giveBack(Column column) {
        free.add(column);
    }
}
