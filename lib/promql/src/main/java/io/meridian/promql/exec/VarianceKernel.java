package io.meridian.promql.exec;

import io.meridian.model.CompensatedSum;

/// stdvar_over_time and stddev_over_time: the compensated form of Welford's method, from zero. Four windows at once,
/// since each addition waits for a division.
final class VarianceKernel {
    private static final int LANES = 4;

    private VarianceKernel() {}

    static void variance(Windows w, boolean root, double[] out) {
        var lanes = new Lane[] {new Lane(), new Lane(), new Lane(), new Lane()};
        int k = 0;
        for (; k + LANES <= w.steps; k += LANES) {
            w.check(k);
            four(w, k, lanes[0], lanes[1], lanes[2], lanes[3]);
            for (int l = 0; l < LANES; l++) {
                finish(w, k + l, lanes[l], root, out);
            }
        }
        for (; k < w.steps; k++) {
            lanes[0].clear();
            finish(w, k, lanes[0], root, out);
        }
    }

    /// One window's state.
    private static final class Lane {
        double mean;
        double meanCarry;
        double squares;
        double squaresCarry;
        int count;

        void clear() {
            mean = 0;
            meanCarry = 0;
            squares = 0;
            squaresCarry = 0;
            count = 0;
        }

        void add(double value) {
            count++;
            double delta = value - (mean + meanCarry);
            double x = delta / count;
            meanCarry = CompensatedSum.carry(x, mean, meanCarry);
            mean += x;
            double y = delta * (value - (mean + meanCarry));
            squaresCarry = CompensatedSum.carry(y, squares, squaresCarry);
            squares += y;
        }
    }

    private static void four(Windows w, int k, Lane a, Lane b, Lane c, Lane d) {
        double[] v = w.values;
        int shared = Integer.MAX_VALUE;
        for (int l = 0; l < LANES; l++) {
            shared = Math.min(shared, w.to[k + l] - w.from[k + l]);
        }
        a.clear();
        b.clear();
        c.clear();
        d.clear();
        int fromA = w.from[k];
        int fromB = w.from[k + 1];
        int fromC = w.from[k + 2];
        int fromD = w.from[k + 3];
        for (int i = 0; i < shared; i++) {
            a.add(v[fromA + i]);
            b.add(v[fromB + i]);
            c.add(v[fromC + i]);
            d.add(v[fromD + i]);
        }
    }

    private static void finish(Windows w, int step, Lane lane, boolean root, double[] out) {
        for (int i = w.from[step] + lane.count; i < w.to[step]; i++) {
            lane.add(w.values[i]);
        }
        if (lane.count > 0) {
            double variance = (lane.squares + lane.squaresCarry) / lane.count;
            out[step] = root ? Math.sqrt(variance) : variance;
        }
    }
}
