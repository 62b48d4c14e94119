package io.meridian.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator or a user gets wrong is named, and everything else goes on.
class BadInputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void flag_thatDoesNotParse_isNamed() throws Exception {
        assertThat(refused("store", "--objstore.config=type: FILESYSTEM", "--sync-block-duration=soon"))
                .contains("--sync-block-duration")
                .contains("soon");
        assertThat(refused("query", "--query.replica-labels=replica")).contains("--query.replica-labels");
        assertThat(refused("store", "--data-dir=" + directory, "--objstore.config=type: FLOPPY"))
                .contains("FLOPPY");
    }

    private String refused(String... arguments) throws Exception {
        var process = ChildProcess.start(
                arguments[0], MeridianProcess.java(arguments), directory.resolve(arguments[0] + "-refused.log"));
        assertThat(process.await(PATIENCE)).as(process.output()).isNotZero();
        return process.output();
    }

    @Test
    void prometheus_withoutExternalLabels_isNamedBySidecar() throws Exception {
        try (var server = prometheus("bare", "");
                var sidecar = MeridianProcess.launch(
                        directory, "sidecar", "--prometheus.url=" + server.url(), "--tsdb.path=" + server.data())) {
            Await.until("the reason in the log", PATIENCE, () -> {
                String log = sidecar.process().output();
                return log.contains("has no external labels") && log.contains(server.url());
            });
        }
    }

    @Test
    void endpoints_deadOrAlike_areNamedInAnswersAndOthersAnswer() throws Exception {
        String dead = "127.0.0.1:" + ChildProcess.freePort();
        try (var first = prometheus("first", "a");
                var second = prometheus("second", "a");
                var one = sidecar(first);
                var two = sidecar(second);
                var querier = MeridianProcess.start(
                        directory,
                        "query",
                        "--endpoint=" + one.grpc(),
                        "--endpoint=" + two.grpc(),
                        "--endpoint=" + dead)) {
            var client = querier.client();
            var answer = Await.value("both sidecars", PATIENCE, () -> {
                var now = client.instant("up", System.currentTimeMillis() / 1000.0);
                boolean known = now.warnings().stream().anyMatch(warning -> warning.contains("same external labels"));
                return now.series().isEmpty() || !known ? null : now;
            });
            assertThat(answer.error()).isNull();
            assertThat(answer.warnings())
                    .anyMatch(warning -> warning.contains(dead) && warning.contains("does not answer"))
                    .anyMatch(warning -> warning.contains(one.grpc()) && warning.contains(two.grpc()));

            double now = System.currentTimeMillis() / 1000.0;
            assertThat(client.instant("up", now, "partial_response", "false").error())
                    .contains(dead);
            assertThat(client.get("/api/v1/stores")).contains(dead);

            assertThat(client.instant("sum by (job) (up", now).error()).contains("1:17: parse error: unclosed left");
            assertThat(client.instant("up +\n  rate(up)", now).error()).contains("2:8: parse error");
            assertThat(client.instant("1 + 1", now).series().values()).hasSize(1);
        }
    }

    private MeridianProcess sidecar(RealPrometheus server) throws IOException {
        return MeridianProcess.start(
                directory, "sidecar", "--prometheus.url=" + server.url(), "--tsdb.path=" + server.data());
    }

    private RealPrometheus prometheus(String name, String replica) throws Exception {
        int port = ChildProcess.freePort();
        var settings = new RealPrometheus.Settings(
                Peers.require("prometheus"),
                Peers.require("promtool"),
                List.of("self=127.0.0.1:" + port),
                0,
                0,
                "2h",
                List.of());
        return RealPrometheus.start(directory.resolve(name), replica, port, settings);
    }
}
