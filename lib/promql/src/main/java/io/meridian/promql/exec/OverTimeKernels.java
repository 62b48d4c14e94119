package io.meridian.promql.exec;

/// The `*_over_time` functions of floats that look at each sample of a window in order.
final class OverTimeKernels {
    private OverTimeKernels() {}

    static void sum(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = sum(w.values, w.from[k], w.to[k]);
            }
        }
    }

    private static double sum(double[] values, int from, int to) {
        double sum = 0;
        double compensation = 0;
        for (int i = from; i < to; i++) {
            double x = values[i];
            double next = sum + x;
            if (Double.isInfinite(next)) {
                compensation = 0;
            } else if (Math.abs(sum) >= Math.abs(x)) {
                compensation += (sum - next) + x;
            } else {
                compensation += (x - next) + sum;
            }
            sum = next;
        }
        return Double.isInfinite(sum) ? sum : sum + compensation;
    }

    static void average(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = average(w.values, w.from[k], w.to[k]);
            }
        }
    }

    private static double average(double[] values, int from, int to) {
        double sum = values[from];
        double compensation = 0;
        for (int i = from + 1; i < to; i++) {
            double x = values[i];
            double next = sum + x;
            if (Double.isInfinite(next)) {
                return incrementalAverage(values, from, i, to, sum, compensation);
            }
            if (Math.abs(sum) >= Math.abs(x)) {
                compensation += (sum - next) + x;
            } else {
                compensation += (x - next) + sum;
            }
            sum = next;
        }
        double count = to - from;
        return sum / count + compensation / count;
    }

    /// From the value on that would overflow the sum, the mean itself is carried.
    private static double incrementalAverage(
            double[] values, int from, int overflow, int to, double sum, double sumCompensation) {
        double mean = sum / (overflow - from);
        double compensation = sumCompensation / (overflow - from);
        for (int i = overflow; i < to; i++) {
            double count = i - from + 1;
            double share = (count - 1) / count;
            double x = values[i] / count;
            double scaled = share * mean;
            compensation = Compensated.carry(x, scaled, share * compensation);
            mean = scaled + x;
        }
        return mean + compensation;
    }

    static void minimum(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int to = w.to[k];
            if (from < to) {
                double min = w.values[from];
                for (int i = from + 1; i < to; i++) {
                    double x = w.values[i];
                    if (min > x || Double.isNaN(min)) {
                        min = x;
                    }
                }
                out[k] = min;
            }
        }
    }

    static void maximum(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int to = w.to[k];
            if (from < to) {
                double max = w.values[from];
                for (int i = from + 1; i < to; i++) {
                    double x = w.values[i];
                    if (max < x || Double.isNaN(max)) {
                        max = x;
                    }
                }
                out[k] = max;
            }
        }
    }

    /// Time in seconds of the largest (or smallest) value, the last of equals.
    static void timeOfExtreme(Windows w, boolean largest, double[] out) {
        double[] values = w.values;
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int to = w.to[k];
            if (from < to) {
                int best = from;
                for (int i = from + 1; i < to; i++) {
                    double x = values[i];
                    double current = values[best];
                    if ((largest ? x >= current : x <= current) || Double.isNaN(current)) {
                        best = i;
                    }
                }
                out[k] = w.times[best] / 1000.0;
            }
        }
    }

    static void count(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = w.to[k] - w.from[k];
            }
        }
    }

    static void present(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = 1;
            }
        }
    }

    static void first(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = w.values[w.from[k]];
            }
        }
    }

    static void last(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = w.values[w.to[k] - 1];
            }
        }
    }

    static void timeOfFirst(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = w.times[w.from[k]] / 1000.0;
            }
        }
    }

    static void timeOfLast(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                out[k] = w.times[w.to[k] - 1] / 1000.0;
            }
        }
    }

    /// Compensated form of Welford's variance, from zero.
    static void variance(Windows w, boolean root, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                double variance = variance(w.values, w.from[k], w.to[k]);
                out[k] = root ? Math.sqrt(variance) : variance;
            }
        }
    }

    private static double variance(double[] values, int from, int to) {
        double mean = 0;
        double meanCompensation = 0;
        double squares = 0;
        double squaresCompensation = 0;
        double count = 0;
        for (int i = from; i < to; i++) {
            count++;
            double delta = values[i] - (mean + meanCompensation);
            double x = delta / count;
            meanCompensation = Compensated.carry(x, mean, meanCompensation);
            mean += x;
            double y = delta * (values[i] - (mean + meanCompensation));
            squaresCompensation = Compensated.carry(y, squares, squaresCompensation);
            squares += y;
        }
        return (squares + squaresCompensation) / count;
    }

    static void changes(Windows w, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int to = w.to[k];
            if (from < to) {
                int changes = 0;
                for (int i = from + 1; i < to; i++) {
                    double a = w.values[i - 1];
                    double b = w.values[i];
                    if (a != b && !(Double.isNaN(a) && Double.isNaN(b))) {
                        changes++;
                    }
                }
                out[k] = changes;
            }
        }
    }

    static void resets(Windows w, boolean usesStartTimes, double[] out) {
        long[] startTimes = usesStartTimes ? w.startTimes : null;
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int to = w.to[k];
            if (from < to) {
                int resets = 0;
                for (int i = from + 1; i < to; i++) {
                    if (w.values[i] < w.values[i - 1]
                            || startTimes != null && StartTimes.isReset(w.times, startTimes, i)) {
                        resets++;
                    }
                }
                out[k] = resets;
            }
        }
    }
}
