package io.meridian.sidecar;

import io.meridian.model.Labels;
import io.meridian.model.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/// What a Prometheus tells about itself.
final class PrometheusStatus {
    private static final String LOWEST_TIMESTAMP = "prometheus_tsdb_lowest_timestamp_seconds";

    private final PrometheusClient prometheus;

    PrometheusStatus(PrometheusClient prometheus) {
        this.prometheus = prometheus;
    }

    /// `global.external_labels` of its configuration.
    Labels externalLabels() throws IOException {
        var data = Json.asObject(prometheus.api("/api/v1/status/config", List.of()), "status/config");
        return parseExternalLabels(Json.asString(data.get("yaml"), "status/config yaml"));
    }

    /// @throws IOException if the text is not a configuration of Prometheus
    static Labels parseExternalLabels(String yaml) throws IOException {
        try {
            // All scalars stay text: `replica: 0` is the value "0".
            var load = new Load(LoadSettings.builder()
                    .setSchema(new FailsafeSchema())
                    .setCodePointLimit(Integer.MAX_VALUE)
                    .setMaxAliasesForCollections(1_000)
                    .build());
            if (load.loadFromString(yaml) instanceof Map<?, ?> root
                    && root.get("global") instanceof Map<?, ?> global
                    && global.get("external_labels") instanceof Map<?, ?> external) {
                var labels = Labels.empty().toBuilder();
                external.forEach((name, value) -> labels.set(String.valueOf(name), String.valueOf(value)));
                return labels.build();
            }
            return Labels.empty();
        } catch (YamlEngineException e) {
            throw new IOException("configuration of Prometheus is not YAML: " + e.getMessage(), e);
        }
    }

    /// Its command line flags; null if it is too old to tell.
    @Nullable
    Map<String, String> flags() throws IOException {
        try {
            var flags = new LinkedHashMap<String, String>();
            Json.asObject(prometheus.api("/api/v1/status/flags", List.of()), "status/flags")
                    .forEach((name, value) -> flags.put(name, String.valueOf(value)));
            return flags;
        } catch (PrometheusException e) {
            if (e.status() == 404) {
                return null;
            }
            throw e;
        }
    }

    /// Its version; `0` if it is too old to tell.
    String version() throws IOException {
        try {
            var data = Json.asObject(prometheus.api("/api/v1/status/buildinfo", List.of()), "status/buildinfo");
            return String.valueOf(data.get("version"));
        } catch (PrometheusException e) {
            if (e.status() == 404 || e.status() == 405) {
                return "0";
            }
            throw e;
        }
    }

    /// Time of its oldest sample in milliseconds; [Long#MIN_VALUE] while it has none or does not say.
    long lowestTimeMs() throws IOException {
        return parseLowestTimeMs(prometheus.get("/metrics", List.of()));
    }

    static long parseLowestTimeMs(String metrics) {
        for (String line : metrics.split("\n")) {
            if (line.startsWith(LOWEST_TIMESTAMP)
                    && line.length() > LOWEST_TIMESTAMP.length()
                    && line.charAt(LOWEST_TIMESTAMP.length()) == ' ') {
                try {
                    String value = line.substring(LOWEST_TIMESTAMP.length() + 1).split(" ")[0];
                    double seconds = Double.parseDouble(value);
                    // Prometheus reports the largest number while there is no sample.
                    return seconds >= 9.2e15 || Double.isNaN(seconds) ? Long.MIN_VALUE : Math.round(seconds * 1000);
                } catch (NumberFormatException e) {
                    return Long.MIN_VALUE;
                }
            }
        }
        return Long.MIN_VALUE;
    }
}
