package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceTest {
    @Test
    void stop_parts_areStoppedOnceInReverseOrder() throws Exception {
        var stopped = new ArrayList<String>();
        var service = Service.create("test");
        service.probes().ready("a");
        service.onStop("first", () -> stopped.add("first"));
        service.onStop("failing", () -> {
            throw new IllegalStateException("cannot stop");
        });
        service.onStop(
                "last", () -> stopped.add("last, ready=" + service.probes().isReady()));
        service.stop();
        assertThat(service.awaitTermination()).isZero();
        service.close();
        assertThat(stopped).containsExactly("last, ready=false", "first");
        assertThat(service.probes().reason()).isEqualTo("shutting down");
    }

    @Test
    void fail_exitCodeIsOne() throws Exception {
        var service = Service.create("test");
        service.fail("part", new IllegalStateException("broken"));
        assertThat(service.awaitTermination()).isEqualTo(1);
    }

    @Test
    void probes_severalComponents_allMustBeReady() {
        var probes = new Probes();
        assertThat(probes.isReady()).isFalse();
        probes.ready("store");
        probes.notReady("sidecar", "waiting");
        assertThat(probes.reason()).isEqualTo("sidecar: waiting");
        assertThat(List.of(probes.isReady("store"), probes.isReady("sidecar"))).containsExactly(true, false);
        probes.ready("sidecar");
        assertThat(probes.isReady()).isTrue();
    }

    @Test
    void metrics_names_areThoseAsked() {
        var metrics = new Metrics().withProcess("1.2");
        metrics.counter("thanos_things", "Things.", "kind", "x").increment(3);
        metrics.gauge("thanos_up", "Up.", () -> 1);
        assertThat(metrics.scrape())
                .contains("thanos_build_info{version=\"1.2\"} 1")
                .contains("thanos_things_total{kind=\"x\"} 3.0")
                .contains("thanos_up 1.0");
    }
}
