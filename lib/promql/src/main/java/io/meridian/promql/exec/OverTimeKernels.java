package io.meridian.promql.exec;

/// The simple functions over windows of floats.
final class OverTimeKernels {
    private OverTimeKernels() {}

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
