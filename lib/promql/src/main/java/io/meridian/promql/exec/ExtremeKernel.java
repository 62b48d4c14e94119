package io.meridian.promql.exec;

/// min_over_time and max_over_time. Candidates of the sliding window are kept in a queue whose first one is the answer,
/// so that each sample is looked at about once, however long the windows. NaN counts only where there is nothing
/// else; of equal values (0 and -0) the first wins.
final class ExtremeKernel {
    private ExtremeKernel() {}

    static void maximum(Windows w, Scratch scratch, double[] out) {
        run(w, true, scratch.ints(w.size), out);
    }

    static void minimum(Windows w, Scratch scratch, double[] out) {
        run(w, false, scratch.ints(w.size), out);
    }

    private static void run(Windows w, boolean largest, int[] queue, double[] out) {
        double[] v = w.values;
        int head = 0;
        int tail = 0;
        int next = 0;
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int to = w.to[k];
            if (next < from) {
                next = from;
            }
            for (; next < to; next++) {
                double x = v[next];
                while (tail > head && isBeaten(v[queue[tail - 1]], x, largest)) {
                    tail--;
                }
                queue[tail++] = next;
            }
            while (head < tail && queue[head] < from) {
                head++;
            }
            if (from < to) {
                out[k] = v[queue[head]];
            }
        }
    }

    private static boolean isBeaten(double candidate, double x, boolean largest) {
        return (largest ? candidate < x : candidate > x) || Double.isNaN(candidate);
    }
}
