package io.meridian.promql.parse;

import io.meridian.model.GoQuote;

/// Durations in words: `1h30m`. Units y w d h m s ms, each at most once, from large to small.
public final class DurationText {
    private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
    private static final long[] UNIT_MS = {31_536_000_000L, 604_800_000L, 86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L};
    private static final long NANOS_PER_MS = 1_000_000L;

    private DurationText() {}

    /// The duration in milliseconds. A bare `0` is allowed.
    ///
    /// @throws IllegalArgumentException with Prometheus' text
    public static long parseMs(String text) {
        if (text.equals("0")) {
            return 0;
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty duration string");
        }
        long nanos = 0;
        int lastUnit = -1;
        int i = 0;
        while (i < text.length()) {
            int digits = i;
            while (i < text.length() && Runes.isDigit(text.charAt(i))) {
                i++;
            }
            int name = i;
            while (i < text.length() && !Runes.isDigit(text.charAt(i))) {
                i++;
            }
            if (name == digits || i == name) {
                throw bad(text);
            }
            int unit = java.util.Arrays.asList(UNITS).indexOf(text.substring(name, i));
            long count = count(text, digits, name);
            if (unit < 0) {
                throw new IllegalArgumentException("unknown unit %s in duration %s"
                        .formatted(GoQuote.quote(text.substring(name, i)), GoQuote.quote(text)));
            }
            if (unit <= lastUnit) {
                throw bad(text);
            }
            lastUnit = unit;
            try {
                nanos = Math.addExact(nanos, Math.multiplyExact(count, UNIT_MS[unit] * NANOS_PER_MS));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("duration out of range", e);
            }
        }
        return nanos / NANOS_PER_MS;
    }

    private static long count(String text, int from, int to) {
        try {
            long count = Long.parseUnsignedLong(text, from, to, 10);
            return count < 0 ? Long.MAX_VALUE : count;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(bad(text).getMessage(), e);
        }
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("not a valid duration string: " + GoQuote.quote(text));
    }

    /// The shortest usual form; years and weeks only where nothing remains.
    public static String format(long ms) {
        if (ms == 0) {
            return "0s";
        }
        var out = new StringBuilder();
        if (ms < 0) {
            out.append('-');
        }
        long rest = Math.abs(ms);
        for (int unit = 0; unit < UNITS.length; unit++) {
            boolean exact = unit < 2;
            if (exact && rest % UNIT_MS[unit] != 0) {
                continue;
            }
            long count = rest / UNIT_MS[unit];
            if (count > 0) {
                out.append(count).append(UNITS[unit]);
                rest -= count * UNIT_MS[unit];
            }
        }
        return out.toString();
    }
}
