package io.meridian.querier.json;

import java.io.IOException;
import java.util.Arrays;

/// The texts of a query's steps, made once and used for every series, which mostly share one array of times.
final class TimeTexts {
    private static final int TEXT_BYTES_MAX = NumberText.LONG_BYTES_MAX + 4;

    private long[] times = {};
    private byte[] texts = {};
    private int[] ends = {};

    void use(long[] newTimes) {
        if (sameArray(times, newTimes)) {
            return;
        }
        times = newTimes;
        ends = new int[newTimes.length];
        texts = new byte[Math.max(texts.length, 16 * newTimes.length + TEXT_BYTES_MAX)];
        int position = 0;
        for (int i = 0; i < newTimes.length; i++) {
            if (texts.length - position < TEXT_BYTES_MAX) {
                texts = Arrays.copyOf(texts, 2 * texts.length);
            }
            position = NumberText.writeTime(newTimes[i], texts, position);
            ends[i] = position;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean sameArray(long[] a, long[] b) {
        return a == b;
    }

    void write(JsonOutput out, int index) throws IOException {
        int start = index == 0 ? 0 : ends[index - 1];
        out.raw(texts, start, ends[index] - start);
    }
}
