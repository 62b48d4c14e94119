package io.meridian.promql.exec;

import io.meridian.model.CompensatedSum;

/// Least squares over a window (deriv, predict_linear) and double exponential smoothing.
final class RegressionKernel {
    private RegressionKernel() {}

    /// The slope per second.
    static void derivative(Windows w, double[] out) {
        var line = new Line();
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            int from = w.from[k];
            if (w.to[k] - from >= 2) {
                line.fit(w.times, w.values, from, w.to[k], w.times[from]);
                out[k] = line.slope;
            }
        }
    }

    /// @param ahead seconds to look ahead, by step
    static void predict(Windows w, double[] ahead, double[] out) {
        var line = new Line();
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            if (w.to[k] - w.from[k] >= 2) {
                line.fit(w.times, w.values, w.from[k], w.to[k], w.timeMs(k));
                out[k] = line.slope * ahead[k] + line.intercept;
            }
        }
    }

    private static final class Line {
        double slope;
        double intercept;

        void fit(long[] times, double[] values, int from, int to, long originMs) {
            double sumX = 0;
            double carryX = 0;
            double sumY = 0;
            double carryY = 0;
            double sumXy = 0;
            double carryXy = 0;
            double sumX2 = 0;
            double carryX2 = 0;
            double first = values[from];
            boolean constant = true;
            for (int i = from; i < to; i++) {
                double y = values[i];
                if (constant && i > from && y != first) {
                    constant = false;
                }
                double x = (times[i] - originMs) / 1000.0;
                carryX = CompensatedSum.carry(x, sumX, carryX);
                sumX += x;
                carryY = CompensatedSum.carry(y, sumY, carryY);
                sumY += y;
                double xy = x * y;
                carryXy = CompensatedSum.carry(xy, sumXy, carryXy);
                sumXy += xy;
                double x2 = x * x;
                carryX2 = CompensatedSum.carry(x2, sumX2, carryX2);
                sumX2 += x2;
            }
            if (constant) {
                boolean infinite = Double.isInfinite(first);
                slope = infinite ? Double.NaN : 0;
                intercept = infinite ? Double.NaN : first;
                return;
            }
            sumX += carryX;
            sumY += carryY;
            sumXy += carryXy;
            sumX2 += carryX2;
            double n = to - from;
            double covariance = sumXy - sumX * sumY / n;
            double variance = sumX2 - sumX * sumX / n;
            slope = covariance / variance;
            intercept = sumY / n - slope * sumX / n;
        }
    }

    static void smooth(Windows w, double[] smoothing, double[] trend, double[] out) {
        double[] values = w.values;
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            int from = w.from[k];
            int to = w.to[k];
            if (to - from < 2) {
                continue;
            }
            double sf = smoothing[k];
            double tf = trend[k];
            double older = 0;
            double level = values[from];
            double slope = values[from + 1] - values[from];
            for (int i = from + 1; i < to; i++) {
                double x = sf * values[i];
                if (i > from + 1) {
                    slope = tf * (level - older) + (1 - tf) * slope;
                }
                double y = (1 - sf) * (level + slope);
                older = level;
                level = x + y;
            }
            out[k] = level;
        }
    }
}
