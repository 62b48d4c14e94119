package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusStatusTest {
    @Test
    void externalLabels_keepTheirText() throws Exception {
        String yaml = """
                global:
                  scrape_interval: 1m
                  external_labels:
                    cluster: c2
                    replica: 0
                    odd: "a: b # c"
                    flag: true
                scrape_configs:
                - job_name: x
                """;
        assertThat(PrometheusStatus.parseExternalLabels(yaml))
                .isEqualTo(Labels.of("cluster", "c2", "replica", "0", "odd", "a: b # c", "flag", "true"));
        assertThat(PrometheusStatus.parseExternalLabels("global:\n  scrape_interval: 1m\n"))
                .isEqualTo(Labels.empty());
        assertThatThrownBy(() -> PrometheusStatus.parseExternalLabels("a: [")).isInstanceOf(IOException.class);
    }

    @Test
    void lowestTime_ofTheGauge_orNone() {
        String metrics = """
                # TYPE x gauge
                prometheus_tsdb_lowest_timestamp 5
                prometheus_tsdb_lowest_timestamp_seconds 1.7880048e+09
                """;
        assertThat(PrometheusStatus.parseLowestTimeMs(metrics)).isEqualTo(1_788_004_800_000L);
        assertThat(PrometheusStatus.parseLowestTimeMs("prometheus_tsdb_lowest_timestamp_seconds 9.223372036854776e+15"))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(PrometheusStatus.parseLowestTimeMs("")).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void flags_thatLetPrometheusCompact_areRefusedByName() {
        Path record = Path.of("/data/thanos.shipper.json");
        var unequal = Map.of("storage.tsdb.min-block-duration", "2h", "storage.tsdb.max-block-duration", "1d");
        assertThatThrownBy(() -> FlagCheck.check(unequal, record, false))
                .hasMessageContaining("--storage.tsdb.max-block-duration=1d");
        assertThatCode(() -> FlagCheck.check(unequal, record, true)).doesNotThrowAnyException();
        var delayed = Map.of(
                "storage.tsdb.min-block-duration",
                "2h",
                "storage.tsdb.max-block-duration",
                "1d",
                "storage.tsdb.delay-compact-file.path",
                "/data/x/../thanos.shipper.json");
        assertThatCode(() -> FlagCheck.check(delayed, record, false)).doesNotThrowAnyException();
        assertThatThrownBy(() -> FlagCheck.check(delayed, Path.of("/other/thanos.shipper.json"), false))
                .hasMessageContaining("delay-compact-file");
    }

    @Test
    void version_decidesWhetherLabelApisMatch() {
        assertThat(new PrometheusState(Labels.empty(), 0, "2.42.0+ds").labelApisMatch())
                .isTrue();
        assertThat(new PrometheusState(Labels.empty(), 0, "2.23.1").labelApisMatch())
                .isFalse();
        assertThat(new PrometheusState(Labels.empty(), 0, "0").labelApisMatch()).isFalse();
        assertThat(new PrometheusState(Labels.empty(), 0, "3.14.0").labelApisMatch())
                .isTrue();
    }
}
