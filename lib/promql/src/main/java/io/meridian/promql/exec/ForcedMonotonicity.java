package io.meridian.promql.exec;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Classic buckets that had to be repaired before a quantile: how many, when, where, and by how much.
///
/// @param name       metric name for the text, or `""`
/// @param extraCount findings after the first; may have wrapped around, as Prometheus' count does
record ForcedMonotonicity(
        String name,
        int position,
        long extraCount,
        double boundMin,
        double boundMax,
        double differenceMax,
        long timeMinMs,
        long timeMaxMs) {

    String body() {
        return "input to histogram_quantile needed to be fixed for monotonicity (see "
                + "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
                + (name.isEmpty() ? "" : " for metric name " + io.meridian.model.GoQuote.quote(name));
    }

    /// The first one's position, everything else widened.
    ForcedMonotonicity merge(ForcedMonotonicity other) {
        return new ForcedMonotonicity(
                name,
                position,
                extraCount + other.extraCount + 1,
                Math.min(boundMin, other.boundMin),
                Math.max(boundMax, other.boundMax),
                Math.max(differenceMax, other.differenceMax),
                Math.min(timeMinMs, other.timeMinMs),
                Math.max(timeMaxMs, other.timeMaxMs));
    }

    String text() {
        return body() + ", from buckets " + GoFormat.g(boundMin) + " to " + GoFormat.g(boundMax)
                + ", with a max diff of " + GoFormat.g(differenceMax, 2) + ", over " + (extraCount + 1)
                + " samples from " + time(timeMinMs) + " to " + time(timeMaxMs);
    }

    private static String time(long timeMs) {
        return Instant.ofEpochMilli(timeMs).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
