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
    private final List<Column> free = new ArrayList<>();

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
