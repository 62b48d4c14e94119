package io.meridian.querier.json;

/// What stands before the values of points, `[1700000000.5,"`, made once for the steps of a query: its series mostly
/// share one array of times.
final class PointTexts {
    /// Each text has a place of so many bytes, which are copied as a whole.
    static final int PLACE_BYTES = 32;

    private static final int TIME_BYTES_MAX = PLACE_BYTES - 3;

    private static final long[] NONE = {};

    private long[] times = NONE;
    private byte[] texts = {};
    private byte[] lengths = {};

    /// Whether some text needs the second half of its place.
    private boolean isLong;

    void use(long[] newTimes) {
        if (sameArray(times, newTimes)) {
            return;
        }
        times = newTimes;
        isLong = false;
        if (lengths.length < newTimes.length) {
            lengths = new byte[newTimes.length];
            texts = new byte[PLACE_BYTES * newTimes.length];
        }
        byte[] text = new byte[PLACE_BYTES + NumberText.BYTES_MAX];
        for (int i = 0; i < newTimes.length; i++) {
            text[0] = '[';
            int end = NumberText.writeTime(newTimes[i], text, 1);
            assert end <= TIME_BYTES_MAX : newTimes[i];
            text[end++] = ',';
            text[end++] = '"';
            System.arraycopy(text, 0, texts, PLACE_BYTES * i, end);
            lengths[i] = (byte) end;
            isLong |= end > PLACE_BYTES / 2;
        }
    }

    /// Lets go of the times, and keeps the room.
    void forget() {
        times = NONE;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean sameArray(long[] a, long[] b) {
        return a == b;
    }

    /// Copies a text, and touches up to [#PLACE_BYTES] bytes.
    ///
    /// @return the position behind it
    int write(int index, byte[] target, int position) {
        int from = PLACE_BYTES * index;
        DecimalDigits.LONG.set(target, position, (long) DecimalDigits.LONG.get(texts, from));
        DecimalDigits.LONG.set(target, position + 8, (long) DecimalDigits.LONG.get(texts, from + 8));
        if (isLong) {
            DecimalDigits.LONG.set(target, position + 16, (long) DecimalDigits.LONG.get(texts, from + 16));
            DecimalDigits.LONG.set(target, position + 24, (long) DecimalDigits.LONG.get(texts, from + 24));
        }
        return position + lengths[index];
    }
}
