package io.meridian.sidecar;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.TimeRange;

/// What was last learnt about the Prometheus behind this sidecar.
///
/// @param minTimeMs oldest time served, in milliseconds
/// @param version   of Prometheus; `0` where unknown
record PrometheusState(Labels externalLabels, long minTimeMs, String version) {
    static final PrometheusState UNKNOWN = new PrometheusState(Labels.empty(), Long.MIN_VALUE, "0");

    TimeRange range() {
        return new TimeRange(minTimeMs, Long.MAX_VALUE);
    }

    Coverage coverage() {
        return new Coverage(externalLabels, range());
    }

    /// Whether its label APIs take `match[]` (since 2.24).
    boolean labelApisMatch() {
        String[] parts = version.split("[.-]");
        try {
            int major = Integer.parseInt(parts[0]);
            return major > 2 || major == 2 && parts.length > 1 && Integer.parseInt(parts[1]) >= 24;
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
