package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import org.jspecify.annotations.Nullable;

/// Series whose samples are put into windows: those of a selector, or the results of a subquery.
abstract class RangeSource {
    final Labels[] labels;
    final boolean @Nullable [] marks;

    RangeSource(Labels[] labels, boolean @Nullable [] marks) {
        this.labels = labels;
        this.marks = marks;
    }

    final boolean isMarked(int series) {
        return marks != null && marks[series];
    }

    Extension extension() {
        return Extension.NONE;
    }

    /// Reads one series into the worker's buffer and lays the windows over it, stale markers gone.
    abstract void load(int series, Grid grid, Worker worker);

    static final class Selected extends RangeSource {
        private final Plan.SelectRange plan;
        private final Series[] series;

        Selected(Plan.SelectRange plan, Series[] series) {
            super(SelectStream.labelsOf(series), null);
            this.plan = plan;
            this.series = series;
        }

        @Override
        Extension extension() {
            return plan.selector().extension();
        }

        /// Series whose samples nobody has to see; null if there is none.
        boolean @Nullable [] withoutPartner(int steps, SampleCount samples) {
            return WithoutPartner.find(series, plan.selector(), steps, samples);
        }

        @Override
        void load(int index, Grid grid, Worker worker) {
            SampleBuffer buffer = worker.buffer;
            SelectedSeries.read(series[index], plan.selector(), worker);
            long lookback = plan.selector().lookbackMs();
            long before = extension() == Extension.NONE ? 0 : lookback;
            long after = extension() == Extension.SMOOTHED ? lookback : 0;
            worker.windows.slide(buffer, grid, plan.offsetMs(), plan.rangeMs(), plan.pinned(), before, after);
        }
    }

    static final class Inner extends RangeSource {
        private final Plan.Subquery plan;
        private final VectorStream inner;
        private boolean forgetsResets = true;

        Inner(Plan.Subquery plan, VectorStream inner) {
            super(inner.labels(), inner.marks());
            this.plan = plan;
            this.inner = inner;
        }

        @Override
        void load(int index, Grid grid, Worker worker) {
            worker.expectSamples(inner.steps);
            Column column = worker.borrow(inner.steps);
            inner.fill(index, column, worker);
            SampleBuffer buffer = worker.buffer;
            buffer.clear();
            toSamples(column, buffer);
            worker.giveBack(column);
            worker.windows.slide(buffer, grid, plan.offsetMs(), plan.rangeMs(), plan.pinned(), 0, 0);
        }

        /// For points that are an answer and no function's argument.
        void keepResetHints() {
            forgetsResets = false;
        }

        /// Hints about resets do not hold between points of a query.
        private void toSamples(Column column, SampleBuffer buffer) {
            Grid grid = inner.grid;
            double[] values = column.values;
            HistogramColumn histograms = column.histograms;
            buffer.ensure(values.length);
            if (histograms == null) {
                long[] times = buffer.times();
                double[] target = buffer.values();
                int count = 0;
                for (int k = 0; k < values.length; k++) {
                    if (!Column.isAbsent(values[k])) {
                        times[count] = grid.timeMs(k);
                        target[count++] = values[k];
                    }
                }
                buffer.advance(count);
                return;
            }
            for (int k = 0; k < values.length; k++) {
                if (histograms.isPresent(k)) {
                    HistogramColumn target = buffer.appendTime(grid.timeMs(k));
                    target.copy(buffer.size() - 1, histograms, k);
                    if (forgetsResets) {
                        HistogramWork.forgetReset(target, buffer.size() - 1);
                    }
                } else if (!Column.isAbsent(values[k])) {
                    buffer.append(grid.timeMs(k), values[k]);
                }
            }
        }
    }
}
