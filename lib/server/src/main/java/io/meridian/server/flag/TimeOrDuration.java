package io.meridian.server.flag;

import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/// A point in time: RFC 3339, or a duration relative to now that is evaluated anew at every use (`-2w` slides).
public final class TimeOrDuration {
    private final String text;
    private final @Nullable Long epochMs;
    private final Duration offset;

    private TimeOrDuration(String text, @Nullable Long epochMs, Duration offset) {
        this.text = text;
        this.epochMs = epochMs;
        this.offset = offset;
    }

    /// @throws IllegalArgumentException if the text is neither
    public static TimeOrDuration parse(String text) {
        try {
            return new TimeOrDuration(
                    text, OffsetDateTime.parse(text.strip()).toInstant().toEpochMilli(), Duration.ZERO);
        } catch (DateTimeParseException notATime) {
            try {
                return new TimeOrDuration(text, null, GoDuration.parse(text.strip()));
            } catch (IllegalArgumentException notADuration) {
                throw new IllegalArgumentException(
                        "neither a time nor a duration: \"" + text + "\" (write 2026-01-31T00:00:00Z, -2w or -30m)",
                        notADuration);
            }
        }
    }

    /// Milliseconds since the epoch, by the clock given.
    public long epochMs(InstantSource clock) {
        return epochMs != null ? epochMs : clock.instant().plus(offset).toEpochMilli();
    }

    @Override
    public String toString() {
        return text;
    }
}
