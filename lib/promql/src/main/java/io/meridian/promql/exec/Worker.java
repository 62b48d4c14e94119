package io.meridian.promql.exec;

import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

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

    private final LongConsumer reserve;
    private int samplesExpected;

    /// @param reserve told of bytes before they are allocated
    Worker(QueryContext context, LongConsumer reserve) {
        this.reserve = reserve;
        windows.context = context;
    }

    /// Sums by step that this worker keeps under a number.
    long[] counts(int number, int steps) {
        while (counts.size() <= number) {
            counts.add(NO_COUNTS);
        }
        if (counts.get(number).length != steps) {
            reserve.accept(8L * steps);
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

    /// Counts the room of so many samples in the buffer, which stays as large as it once was.
    void expectSamples(int count) {
        if (count > samplesExpected) {
            reserve.accept(16L * (count - samplesExpected));
            samplesExpected = count;
        }
    }

    /// A column of unknown content; to be given back.
    Column borrow(int steps) {
        for (int i = free.size() - 1; i >= 0; i--) {
            if (free.get(i).steps() == steps) {
                return free.remove(i);
            }
        }
        reserve.accept(8L * steps);
        return new Column(steps);
    }

    void giveBack(Column column) {
        free.add(column);
    }
}
