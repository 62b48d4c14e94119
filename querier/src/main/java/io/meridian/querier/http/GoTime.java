package io.meridian.querier.http;

import io.meridian.model.GoQuote;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/// A time of a request as Go holds it, with what Go does to times that are out of range.
///
/// @param seconds since the epoch
/// @param nanos   0 to 999,999,999, later than `seconds`
record GoTime(long seconds, int nanos) {
    private static final long NANOS = 1_000_000_000L;
    private static final long FROM_YEAR_ONE = 62_135_596_800L;
    private static final Pattern RFC3339 =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d([.,]\\d+)?(Z|[+-]\\d\\d:\\d\\d)");

    /// The texts by which clients ask for the first and the last time there is.
    private static final String MIN_TEXT = "-292273086-05-16T16:47:06Z";

    private static final String MAX_TEXT = "292277025-08-18T07:12:54.999999999Z";
    static final GoTime MIN = new GoTime(Long.MIN_VALUE / 1000 + 62135596801L, 0);
    static final GoTime MAX = new GoTime(Long.MAX_VALUE / 1000 - 62135596801L, 999_999_999);

    static GoTime now() {
        Instant now = Instant.now();
        return new GoTime(now.getEpochSecond(), now.getNano());
    }

    static GoTime ofMs(long timeMs) {
        return new GoTime(Math.floorDiv(timeMs, 1000), (int) Math.floorMod(timeMs, 1000L) * 1_000_000);
    }

    /// Seconds with decimals, rounded to milliseconds, or RFC 3339.
    ///
    /// @throws IllegalArgumentException with Prometheus' text
    static GoTime parse(String text) {
        if (GoFloatText.isFloat(text)) {
            double value = GoFloatText.parse(text);
            if (!GoFloatText.isOutOfRange(text, value)) {
                return ofSeconds(value);
            }
        } else if (RFC3339.matcher(text).matches()) {
            try {
                var time = OffsetDateTime.parse(text.replace(',', '.'));
                return new GoTime(time.toEpochSecond(), time.getNano());
            } catch (DateTimeException e) {
                // said below
            }
        } else if (text.equals(MIN_TEXT)) {
            return MIN;
        } else if (text.equals(MAX_TEXT)) {
            return MAX;
        }
        throw new IllegalArgumentException("cannot parse " + GoQuote.quote(text) + " to a valid timestamp");
    }

    private static GoTime ofSeconds(double value) {
        double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
        double fraction = Double.isInfinite(value) ? Double.NaN : value - whole;
        double scaled = fraction * 1000;
        double rounded = Math.copySign(Math.floor(Math.abs(scaled) + 0.5), scaled) / 1000;
        return normalized(toLong(whole), toLong(rounded * NANOS));
    }

    /// As amd64 converts: what does not fit becomes the smallest number.
    private static long toLong(double value) {
        return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
    }

    private static GoTime normalized(long seconds, long nanos) {
        return new GoTime(seconds + Math.floorDiv(nanos, NANOS), (int) Math.floorMod(nanos, NANOS));
    }

    /// Milliseconds as the engine counts them: by way of nanoseconds that wrap around about 292 years from the epoch.
    long engineMs() {
        return (seconds * NANOS + nanos) / 1_000_000;
    }

    /// Milliseconds since the epoch.
    long ms() {
        return seconds * 1000 + nanos / 1_000_000;
    }

    /// Compared as Go does, by seconds since the year 1, which wrap around: NaN and Inf come before everything.
    boolean isBefore(GoTime other) {
        long ours = seconds + FROM_YEAR_ONE;
        long theirs = other.seconds + FROM_YEAR_ONE;
        return ours < theirs || ours == theirs && nanos < other.nanos;
    }

    /// Nanoseconds from `start` to here; the largest or smallest number where that does not fit.
    long nanosSince(GoTime start) {
        try {
            return Math.addExact(
                    Math.multiplyExact(Math.subtractExact(seconds, start.seconds), NANOS), (long) nanos - start.nanos);
        } catch (ArithmeticException e) {
            return isBefore(start) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
