package io.meridian.querier.http;

import io.meridian.model.GoQuote;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations in requests: seconds with decimals, or Prometheus' form (`1h30m`).
final class RequestDuration {
    private static final Pattern PARTS =
            Pattern.compile("(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
    private static final long[] PART_MS = {
        365L * 24 * 3_600_000, 7L * 24 * 3_600_000, 24L * 3_600_000, 3_600_000, 60_000, 1000, 1
    };
    private static final long NANOS_PER_MS = 1_000_000;

    private RequestDuration() {}

    /// Nanoseconds.
    ///
    /// @throws IllegalArgumentException with Prometheus' text
    static long parse(String text) {
        if (GoFloatText.isFloat(text)) {
            double value = GoFloatText.parse(text);
            if (!GoFloatText.isOutOfRange(text, value)) {
                double nanos = value * 1e9;
                if (nanos > 0x1p63 || nanos < -0x1p63) {
                    throw new IllegalArgumentException(
                            "cannot parse " + GoQuote.quote(text) + " to a valid duration. It overflows int64");
                }
                return Double.isNaN(nanos) ? Long.MIN_VALUE : (long) nanos;
            }
        }
        Matcher matcher = PARTS.matcher(text);
        if (!text.isEmpty() && matcher.matches()) {
            try {
                long ms = 0;
                for (int i = 0; i < PART_MS.length; i++) {
                    if (matcher.group(i + 1) != null) {
                        ms = Math.addExact(ms, Math.multiplyExact(Long.parseLong(matcher.group(i + 1)), PART_MS[i]));
                    }
                }
                return Math.multiplyExact(ms, NANOS_PER_MS);
            } catch (ArithmeticException | NumberFormatException e) {
                // said below
            }
        }
        throw new IllegalArgumentException("cannot parse " + GoQuote.quote(text) + " to a valid duration");
    }
}
