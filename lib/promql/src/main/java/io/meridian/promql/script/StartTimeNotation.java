package io.meridian.promql.script;

import io.meridian.model.GoQuote;
import io.meridian.promql.parse.DurationText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what stands behind `NAME@st`: `_ _x3 -15s -30sx4 -30s+5sx4`. Errors are [IllegalArgumentException]s.
final class StartTimeNotation {
    private static final int TIMES_MAX = 1_000_000;

    private StartTimeNotation() {}

    /// Start timestamps, in milliseconds relative to their samples; null where there is none.
    static List<@Nullable Long> parse(String text) {
        var cursor = new TextCursor(text);
        var times = new ArrayList<@Nullable Long>();
        while (true) {
            cursor.skipBlanks();
            if (cursor.atEnd()) {
                return times;
            }
            if (cursor.accept("_")) {
                omit(cursor, times);
            } else {
                repeat(cursor, times);
            }
            if (times.size() > TIMES_MAX) {
                throw new IllegalArgumentException("more than " + TIMES_MAX + " start timestamps in one series");
            }
            if (!cursor.atEnd() && !cursor.atBlank()) {
                throw new IllegalArgumentException("invalid @st sequence: unexpected " + GoQuote.quote(cursor.rest()));
            }
        }
    }

    private static void omit(TextCursor cursor, List<@Nullable Long> times) {
        int count = cursor.peek() == 'x' ? SeriesNotation.repetition(cursor) : 1;
        if (count == 0) {
            throw new IllegalArgumentException("invalid @st sequence: invalid repeat count");
        }
        for (int i = 0; i < count; i++) {
            times.add(null);
        }
    }

    private static void repeat(TextCursor cursor, List<@Nullable Long> times) {
        long time = signedDuration(cursor);
        long step = 0;
        boolean negative = cursor.peek() == '-';
        if (negative || cursor.peek() == '+') {
            cursor.seek(cursor.position() + 1);
            step = negative ? -signedDuration(cursor) : signedDuration(cursor);
            if (cursor.peek() != 'x') {
                throw new IllegalArgumentException("invalid @st sequence: expected 'x<count>' after step duration");
            }
        }
        int count = cursor.peek() == 'x' ? SeriesNotation.repetition(cursor) : 0;
        times.add(time);
        for (int i = 0; i < count; i++) {
            time += step;
            times.add(time);
        }
    }

    private static long signedDuration(TextCursor cursor) {
        boolean negative = cursor.accept("-");
        if (!negative) {
            cursor.accept("+");
        }
        int start = cursor.position();
        while (cursor.peek() >= '0' && cursor.peek() <= '9') {
            cursor.seek(cursor.position() + 1);
        }
        while (!cursor.atEnd() && "ywdhms".indexOf(cursor.peek()) >= 0) {
            cursor.seek(cursor.position() + 1);
        }
        long duration = DurationText.parseMs(cursor.slice(start));
        return negative ? -duration : duration;
    }
}
