package io.meridian.promql.exec;

import io.meridian.model.BucketLayout;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramSum;

/// The sum or the average of histograms in their order, compensated. An average carries the mean itself from the
/// histogram on with which the sum would overflow.
final class HistogramMean {
    private final boolean average;
    private HistogramSum sum = new HistogramSum();
    private HistogramSum trial = new HistogramSum();
    private int count;
    private boolean incremental;
    private boolean sawReset;
    private boolean sawNotReset;
    private boolean reconciled;

    HistogramMean(boolean average) {
        this.average = average;
    }

    void start(FloatHistogram first) {
        sum.load(first);
        sum.compensate();
        count = 1;
        incremental = false;
        reconciled = false;
        sawReset = first.hint() == CounterResetHint.RESET;
        sawNotReset = first.hint() == CounterResetHint.NOT_RESET;
    }

    /// Goes on with a sum that was begun elsewhere.
    ///
    /// @param losses what compensated additions have lost, at the same places as the values
    /// @param row    where both begin, as in a [io.meridian.model.HistogramColumn]
    void resume(
            BucketLayout layout,
            CounterResetHint hint,
            double[] values,
            double[] losses,
            int row,
            int newCount,
            boolean reset,
            boolean notReset) {
        sum.load(layout, hint, values, losses, row);
        count = newCount;
        incremental = false;
        reconciled = false;
        sawReset = reset;
        sawNotReset = notReset;
    }

    /// Returns whether the histogram could be combined with those before it.
    boolean add(FloatHistogram next, HistogramSum operand) {
        sawReset |= next.hint() == CounterResetHint.RESET;
        sawNotReset |= next.hint() == CounterResetHint.NOT_RESET;
        count++;
        operand.load(next);
        if (!average) {
            return noted(sum.add(operand, false));
        }
        if (!incremental) {
            trial.copyFrom(sum);
            int flags = trial.add(operand, false);
            if (!noted(flags)) {
                return false;
            }
            if (!trial.hasOverflow()) {
                HistogramSum held = sum;
                sum = trial;
                trial = held;
                return true;
            }
            incremental = true;
            sum.divide(count - 1);
            operand.load(next);
        }
        sum.multiply((double) (count - 1) / count);
        operand.divide(count);
        return noted(sum.add(operand, false));
    }

    private boolean noted(int flags) {
        reconciled |= (flags & HistogramSum.RECONCILED) != 0;
        return (flags & HistogramSum.INCOMPATIBLE) == 0;
    }

    /// Whether some histogram was a reset, and another one none.
    boolean hasCollision() {
        return sawReset && sawNotReset;
    }

    boolean isReconciled() {
        return reconciled;
    }

    FloatHistogram result(boolean compact) {
        if (average && !incremental) {
            sum.divide(count);
        }
        if (count > 1) {
            sum.settle();
        }
        if (compact) {
            sum.compact();
        }
        return sum.toHistogram();
    }
}
