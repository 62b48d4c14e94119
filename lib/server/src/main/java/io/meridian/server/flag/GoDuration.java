package io.meridian.server.flag;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go and Prometheus write them: `30m`, `1h30m`, `2d`, `500ms`, `0s`, `-2w`.
///
/// Units: ns, us, µs, ms, s, m, h, d (24 h), w (7 d), y (365 d). A plain `0` is allowed.
public final class GoDuration {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h|d|w|y)");
    private static final BigDecimal NANOS_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private GoDuration() {}

    /// @throws IllegalArgumentException if the text is not a duration; the message says what one looks like
    public static Duration parse(String text) {
        String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        if (digits.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = PART.matcher(digits);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            nanos = nanos.add(
                    new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unitNanos(matcher.group(2)))));
            end = matcher.end();
        }
        if (end == 0 || end != digits.length()) {
            throw new IllegalArgumentException(
                    "not a duration: \"" + text + "\" (write it like 30m, 1h30m, 2d or 500ms)");
        }
        if (nanos.compareTo(NANOS_MAX) > 0) {
            throw new IllegalArgumentException("duration out of range: \"" + text + "\" (at most 292y)");
        }
        Duration duration = Duration.ofNanos(nanos.longValue());
        return text.startsWith("-") ? duration.negated() : duration;
    }

    private static long unitNanos(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "us", "µs", "μs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            case "w" -> 604_800_000_000_000L;
            case "y" -> 31_536_000_000_000_000L;
            default -> throw new IllegalArgumentException("unknown unit of time: " + unit);
        };
    }

    /// The shortest usual form: `2m`, `1h30m`, `500ms`, `0s`.
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        var out = new StringBuilder(nanos < 0 ? "-" : "");
        long rest = Math.abs(nanos);
        for (String unit : new String[] {"y", "w", "d", "h", "m", "s", "ms", "us", "ns"}) {
            long size = unitNanos(unit);
            // A year or a week only where nothing is left over: 30d reads better than 4w2d.
            if (rest >= size && (size <= unitNanos("d") || rest % size == 0)) {
                out.append(rest / size).append(unit);
                rest %= size;
            }
        }
        return out.toString();
    }
}
