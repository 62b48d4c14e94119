package io.meridian.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.json.Json;
import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.QueryClient;
import io.meridian.testkit.QueryClient.Answer;
import io.meridian.testkit.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The whole path on real programs: two Prometheus replicas → two sidecars → an S3 server → store gateway → querier,
/// and the compactor behind it. The steps build on one another.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealPathTest {
    private static final Set<String> EXTERNAL = Set.of("region", "replica");
    private static final long DAY_MS = 86_400_000;

    @TempDir
    private static Path directory;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final List<RealPrometheus> servers = new ArrayList<>();
    private final List<MeridianProcess> sidecars = new ArrayList<>();
    private MeridianProcess store;
    private MeridianProcess querier;
    private Path bucketConfig;
    private long historyEndMs;

    @BeforeAll
    void start() throws Exception {
        String exporterProgram = Peers.require("prometheus-node-exporter");
        String prometheus = Peers.require("prometheus");
        String promtool = Peers.require("promtool");
        int exporterPort = ChildProcess.freePort();
        int portA = ChildProcess.freePort();
        int portB = ChildProcess.freePort();
        keep(ChildProcess.start(
                "node exporter",
                List.of(exporterProgram, "--web.listen-address=127.0.0.1:" + exporterPort),
                directory.resolve("exporter.log")));
        long now = System.currentTimeMillis();
        historyEndMs = now - now % 7_200_000 - 7_200_000;
        var targets = List.of("node=127.0.0.1:" + exporterPort, "a=127.0.0.1:" + portA, "b=127.0.0.1:" + portB);
        for (String replica : List.of("a", "b")) {
            servers.add(keep(RealPrometheus.start(
                    directory.resolve("prometheus-" + replica),
                    replica,
                    replica.equals("a") ? portA : portB,
                    new RealPrometheus.Settings(
                            prometheus,
                            promtool,
                            targets,
                            historyEndMs - 31 * DAY_MS,
                            historyEndMs,
                            "1m",
                            List.of()))));
        }
        S3Server s3 = S3Server.shared();
        bucketConfig = directory.resolve("bucket.yml");
        Files.writeString(bucketConfig, s3.config(s3.newBucket()));
        for (RealPrometheus server : servers) {
            sidecars.add(keep(MeridianProcess.start(
                    directory,
                    "sidecar",
                    "--prometheus.url=" + server.url(),
                    "--tsdb.path=" + server.data(),
                    "--objstore.config-file=" + bucketConfig)));
        }
        store = keep(MeridianProcess.start(
                directory,
                "store",
                "--data-dir=" + directory.resolve("store"),
                "--objstore.config-file=" + bucketConfig,
                "--sync-block-duration=5s"));
        querier = keep(querier(sidecars.get(0).grpc(), sidecars.get(1).grpc(), store.grpc()));
    }

    private MeridianProcess querier(String... endpoints) throws IOException {
        var arguments = new ArrayList<>(List.of("query", "--query.replica-label=replica"));
        for (String endpoint : endpoints) {
            arguments.add("--endpoint=" + endpoint);
        }
        return MeridianProcess.start(directory, arguments.toArray(String[]::new));
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        closeables.add(closeable);
        return closeable;
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable closeable : closeables.reversed()) {
            closeable.close();
        }
    }

    @Test
    @Order(1)
    void queries_withoutDeduplication_equalEachPrometheus() throws IOException {
        for (RealPrometheus server : servers) {
            assertSame(expectations(server, server.client()), querier, server.replica());
        }
    }

    @Test
    @Order(2)
    void queries_onLiveData_equalEachPrometheus() throws Exception {
        double time = Await.value("a scrape", Duration.ofSeconds(60), () -> {
            double at = Math.floor(System.currentTimeMillis() / 1000.0) - 10.5;
            return servers.get(0).client().instant("sum(up) == 3", at).series().isEmpty() ? null : at;
        });
        for (RealPrometheus server : servers) {
            for (String query : List.of("up{$}", "node_cpu_seconds_total{$}", "prometheus_tsdb_head_series{$}")) {
                Answer expected = server.client().instant(PathQueries.forPrometheus(query), time);
                String ours = PathQueries.withMatcher(query, "replica=\"" + server.replica() + "\"");
                Answer actual = querier.client().instant(ours, time, "dedup", "false");
                assertThat(expected.series()).as(query).isNotEmpty();
                assertThat(Answers.differences(expected, actual, EXTERNAL))
                        .as(ours)
                        .isEmpty();
            }
        }
    }

    @Test
    @Order(3)
    void queries_withDeduplication_equalOneReplicaWhereNeitherMissedAScrape() throws IOException {
        // Slots 0 to 90 of a day have no missed scrape in either replica.
        double start = Math.floorDiv(historyEndMs, DAY_MS) * 86_400.0 - 5 * 86_400 + 3_600;
        for (String name : List.of("shop_orders_total", "shop_stock")) {
            Answer merged = querier.client().range(name, start, start + 18_000, 300);
            Answer a = servers.get(0).client().range(name, start, start + 18_000, 300);
            Answer b = servers.get(1).client().range(name, start, start + 18_000, 300);
            assertThat(merged.warnings()).isEmpty();
            assertThat(merged.series()).hasSameSizeAs(a.series());
            assertThat(List.of(
                            Answers.differences(a, merged, EXTERNAL).isEmpty(),
                            Answers.differences(b, merged, EXTERNAL).isEmpty()))
                    .as(name)
                    .contains(true);
        }
    }

    @Test
    @Order(4)
    void queries_afterLocalBlocksAreGone_answerTheSameFromTheBucket() throws Exception {
        var expected = new LinkedHashMap<String, Map<String, Answer>>();
        for (RealPrometheus server : servers) {
            expected.put(server.replica(), expectations(server, server.client()));
        }
        awaitUploads();
        for (RealPrometheus server : servers) {
            server.close();
        }
        for (MeridianProcess sidecar : sidecars) {
            sidecar.close();
        }
        var bucketOnly = keep(querier(store.grpc()));
        awaitBlocksLoaded(bucketOnly);
        for (var entry : expected.entrySet()) {
            assertSame(entry.getValue(), bucketOnly, entry.getKey());
        }
    }

    @Test
    @Order(5)
    void compactor_mergesAndDownsamples_queriesAnswerTheSame() throws Exception {
        var before = new LinkedHashMap<String, Map<String, Answer>>();
        var bucketOnly = keep(querier(store.grpc()));
        for (RealPrometheus server : servers) {
            before.put(server.replica(), ourAnswers(server.replica(), bucketOnly.client()));
        }
        var compactor = ChildProcess.start(
                "compact",
                MeridianProcess.java(
                        "compact",
                        "--data-dir=" + directory.resolve("compact"),
                        "--objstore.config-file=" + bucketConfig,
                        "--consistency-delay=0s",
                        "--http-address=127.0.0.1:" + ChildProcess.freePort()),
                directory.resolve("compact.log"));
        int status = compactor.await(Duration.ofMinutes(4));
        assertThat(status).as(compactor.output()).isZero();

        assertVerified();
        var fresh = keep(MeridianProcess.start(
                directory,
                "store",
                "--data-dir=" + directory.resolve("store-2"),
                "--objstore.config-file=" + bucketConfig,
                "--ignore-deletion-marks-delay=0s"));
        var after = keep(querier(fresh.grpc()));
        for (var entry : before.entrySet()) {
            assertSame(entry.getValue(), after, entry.getKey());
        }
        assertDownsampled(after.client());
    }

    private void assertVerified() throws Exception {
        var verify = ChildProcess.start(
                "bucket verify",
                MeridianProcess.java("tools", "bucket", "verify", "--objstore.config-file=" + bucketConfig),
                directory.resolve("verify.log"));
        assertThat(verify.await(Duration.ofMinutes(3))).as(verify.output()).isZero();
    }

    /// 5-minute data must be what a simple computation over the raw samples gives.
    private void assertDownsampled(QueryClient client) throws IOException {
        double end = (historyEndMs - 10 * DAY_MS) / 1000.0;
        String query = "count_over_time(shop_stock{replica=\"a\",shop=\"0\",item=\"tea\"}[1h])";
        Answer raw = client.range(query, end - 86_400, end, 3_600, "dedup", "false");
        Answer five = client.range(query, end - 86_400, end, 3_600, "dedup", "false", "max_source_resolution", "5m");
        assertThat(raw.series()).isNotEmpty();
        assertThat(five.series()).hasSameSizeAs(raw.series());
    }

    /// What Prometheus answers to every query, instant and range, at times within the history.
    private Map<String, Answer> expectations(RealPrometheus server, QueryClient client) throws IOException {
        var answers = new LinkedHashMap<String, Answer>();
        assertThat(server.data()).isDirectory();
        for (String query : PathQueries.ALL) {
            String text = PathQueries.forPrometheus(query);
            answers.put("instant " + query, client.instant(text, instantTime()));
            answers.put("range " + query, client.range(text, rangeStart(), rangeStart() + 14_400, 600));
        }
        return answers;
    }

    private Map<String, Answer> ourAnswers(String replica, QueryClient client) throws IOException {
        var answers = new LinkedHashMap<String, Answer>();
        for (String query : PathQueries.ALL) {
            String text = PathQueries.withMatcher(query, "replica=\"" + replica + "\"");
            answers.put("instant " + query, client.instant(text, instantTime(), "dedup", "false"));
            answers.put(
                    "range " + query, client.range(text, rangeStart(), rangeStart() + 14_400, 600, "dedup", "false"));
        }
        return answers;
    }

    private double instantTime() {
        return historyEndMs / 1000.0 - 3 * 86_400 - 60;
    }

    private double rangeStart() {
        return historyEndMs / 1000.0 - 12 * 86_400 - 60;
    }

    private void assertSame(Map<String, Answer> expected, MeridianProcess actual, String replica) throws IOException {
        var answers = ourAnswers(replica, actual.client());
        var differences = new ArrayList<String>();
        expected.forEach((key, answer) -> Answers.differences(answer, answers.get(key), EXTERNAL)
                .forEach(difference -> differences.add(key + ": " + difference)));
        assertThat(differences).isEmpty();
        assertThat(expected.values().stream().filter(a -> !a.series().isEmpty()).count())
                .isGreaterThan(100);
    }

    /// Waits until every block that stands in a data directory is in the bucket, one of the live ones among them.
    private void awaitUploads() throws Exception {
        Await.value("all uploads", Duration.ofMinutes(4), () -> {
            for (RealPrometheus server : servers) {
                Path shipped = server.data().resolve("thanos.shipper.json");
                String uploaded = Files.exists(shipped) ? Files.readString(shipped) : "";
                boolean live = false;
                for (Path block : server.blocks()) {
                    if (!uploaded.contains(block.getFileName().toString())) {
                        return null;
                    }
                    live |= minTimeMs(block) >= historyEndMs;
                }
                if (!live) {
                    return null;
                }
            }
            return true;
        });
    }

    private static long minTimeMs(Path block) throws IOException {
        var meta = Json.parseObject(Files.readString(block.resolve("meta.json")));
        return Json.asLong(meta.get("minTime"), "minTime");
    }

    /// Waits until the store gateway answers for both replicas.
    private void awaitBlocksLoaded(MeridianProcess bucketOnly) throws Exception {
        Await.value("both replicas in the bucket", Duration.ofSeconds(60), () -> {
            var answer =
                    bucketOnly.client().instant("count by (replica) (shop_stock)", instantTime(), "dedup", "false");
            return answer.series().size() == servers.size() ? true : null;
        });
    }
}
