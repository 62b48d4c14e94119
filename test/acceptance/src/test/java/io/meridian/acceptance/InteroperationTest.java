package io.meridian.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.QueryClient;
import io.meridian.testkit.QueryClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Our components and Thanos' own, each in the other's place, on two real Prometheus servers and a real MinIO. Through
/// one and the same querier the answers must be equal. `docs/interoperation.md` has the result of a run.
///
/// It runs where `prometheus` 3.x, `promtool`, `thanos` and `minio` are on `PATH` or in the directory that
/// `MERIDIAN_PEERS` names, and skips itself otherwise.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InteroperationTest {
    private static final long DAY_MS = 86_400_000;
    private static final Set<String> NONE = Set.of();

    private static final Pattern OTHER_IN_THANOS = Pattern.compile("\\b(rate|irate|increase|resets|sort)\\(");

    /// What the servers have scraped themselves.
    private static final List<String> LIVE = List.of(
            "up{$}",
            "sum by (replica, job) (up{$})",
            "prometheus_http_requests_total{$}",
            "rate(prometheus_http_requests_total{$}[20s])",
            "{__name__=~\"go_gc_.*\",$}",
            "histogram_quantile(0.9, sum by (le, replica) (rate(prometheus_http_response_size_bytes_bucket{$}[20s])))",
            "prometheus_http_request_duration_seconds{$}",
            "histogram_count(prometheus_http_request_duration_seconds{$})",
            "histogram_quantile(0.9, sum(rate(prometheus_http_request_duration_seconds{$}[20s])))");

    @TempDir
    private static Path directory;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final List<RealPrometheus> servers = new ArrayList<>();
    private final List<MeridianProcess> ourSidecars = new ArrayList<>();
    private final List<ThanosProcess> thanosSidecars = new ArrayList<>();
    private Path oursConfig;
    private Path theirsConfig;
    private long historyEndMs;

    @BeforeAll
    void start() throws Exception {
        String prometheus = Peers.require("prometheus");
        String promtool = Peers.require("promtool");
        Peers.require("thanos");
        Peers.require("minio");
        // a build of one's own may not know its version
        Assumptions.assumeFalse(
                Peers.version(prometheus).contains("version 2."), () -> "not a Prometheus 3.x: " + prometheus);
        var minio = keep(Minio.start(directory, "ours", "theirs"));
        oursConfig = minio.config(directory, "ours");
        theirsConfig = minio.config(directory, "theirs");
        long now = System.currentTimeMillis();
        historyEndMs = now - now % 7_200_000 - 7_200_000;
        int portA = ChildProcess.freePort();
        int portB = ChildProcess.freePort();
        var settings = new RealPrometheus.Settings(
                prometheus,
                promtool,
                List.of("a=127.0.0.1:" + portA, "b=127.0.0.1:" + portB),
                historyEndMs - 8 * DAY_MS,
                historyEndMs,
                "2h",
                List.of("--enable-feature=native-histograms"));
        servers.add(keep(RealPrometheus.start(directory.resolve("prometheus-a"), "a", portA, settings)));
        servers.add(keep(RealPrometheus.start(directory.resolve("prometheus-b"), "b", portB, settings)));
        for (RealPrometheus server : servers) {
            ourSidecars.add(keep(MeridianProcess.start(
                    directory,
                    "sidecar",
                    "--prometheus.url=" + server.url(),
                    "--tsdb.path=" + server.data(),
                    "--objstore.config-file=" + oursConfig)));
        }
        awaitUploads("thanos.shipper.json");
        for (RealPrometheus server : servers) {
            thanosSidecars.add(keep(ThanosProcess.start(
                    directory,
                    "sidecar",
                    "--prometheus.url=" + server.url(),
                    "--tsdb.path=" + server.data(),
                    "--shipper.meta-file-name=theirs.json",
                    "--objstore.config-file=" + theirsConfig)));
        }
        awaitUploads("theirs.json");
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

    private void awaitUploads(String record) throws Exception {
        for (RealPrometheus server : servers) {
            Await.until("uploads in " + record, Duration.ofMinutes(2), () -> {
                Path file = server.data().resolve(record);
                String uploaded = Files.exists(file) ? Files.readString(file) : "";
                for (Path block : server.blocks()) {
                    if (!uploaded.contains(block.getFileName().toString())) {
                        return false;
                    }
                }
                return true;
            });
        }
    }

    @Test
    @Order(1)
    void sidecars_underBothQueriers_answerEqually() throws Exception {
        double live = Await.value("scrapes", Duration.ofSeconds(90), () -> {
            double at = Math.floor(System.currentTimeMillis() / 1000.0) - 10.5;
            for (RealPrometheus server : servers) {
                if (server.client()
                        .instant("sum(count_over_time(up[40s])) >= 78", at)
                        .series()
                        .isEmpty()) {
                    return null;
                }
            }
            return at;
        });
        String[] ours = ourSidecars.stream().map(MeridianProcess::grpc).toArray(String[]::new);
        String[] theirs = thanosSidecars.stream().map(ThanosProcess::grpc).toArray(String[]::new);
        for (Kind kind : Kind.values()) {
            var expected = ask(kind, live, theirs);
            assertEqual(kind + " on Thanos' sidecars → ours", expected, ask(kind, live, ours));
            assertEqual(kind + " on one sidecar of each", expected, ask(kind, live, ours[0], theirs[1]));
        }
    }

    @Test
    @Order(2)
    void storeGateways_overBothBuckets_answerEqually() throws Exception {
        var stores = List.of(
                ourStore("ours over ours", oursConfig),
                ourStore("ours over theirs", theirsConfig),
                thanosStore("Thanos' over ours", oursConfig),
                thanosStore("Thanos' over theirs", theirsConfig));
        compareStores(stores);
    }

    @Test
    @Order(3)
    void compactors_onTheOthersBlocks_answersStayEqual() throws Exception {
        var before = new LinkedHashMap<Kind, Map<String, Answer>>();
        try (var store = ourStore("before", oursConfig)) {
            for (Kind kind : Kind.values()) {
                before.put(kind, ask(kind, Double.NaN, store.grpc()));
            }
        }
        run("Thanos' compactor on our sidecar's blocks", thanosCompact(oursConfig));
        run("our compactor on Thanos' sidecar's blocks", ourCompact(theirsConfig, "first"));
        var stores = List.of(
                ourStore("ours, compacted by Thanos", oursConfig),
                ourStore("ours, compacted by ours", theirsConfig),
                thanosStore("Thanos', compacted by Thanos", oursConfig),
                thanosStore("Thanos', compacted by ours", theirsConfig));
        var answers = compareStores(stores);
        for (Kind kind : Kind.values()) {
            assertEqual(kind + " before → after compaction", raw(before.get(kind)), raw(answers.get(kind)));
        }
    }

    @Test
    @Order(4)
    void compactors_onWhatTheOtherCompacted_goOn() throws Exception {
        run("Thanos' compactor on what ours compacted", thanosCompact(theirsConfig));
        run("our compactor on what Thanos' compacted", ourCompact(oursConfig, "second", "--compact.take-over"));
        compareStores(List.of(
                ourStore("ours, Thanos' then ours", oursConfig),
                ourStore("ours, ours then Thanos'", theirsConfig),
                thanosStore("Thanos', Thanos' then ours", oursConfig),
                thanosStore("Thanos', ours then Thanos'", theirsConfig)));
    }

    @Test
    @Order(5)
    void compactor_besideThanosCompactor_refuses() throws Exception {
        var process = ourCompact(oursConfig, "refused");
        assertThat(process.await(Duration.ofMinutes(2))).as(process.output()).isNotZero();
        assertThat(process.output()).contains("--compact.take-over");
    }

    /// Both kinds of querier, and the answers of the two compared where nothing but the querier differs.
    private Map<Kind, Map<String, Answer>> compareStores(List<Store> stores) throws Exception {
        var first = new LinkedHashMap<Kind, Map<String, Answer>>();
        for (Kind kind : Kind.values()) {
            for (Store store : stores) {
                var answers = ask(kind, Double.NaN, store.grpc());
                var expected = first.putIfAbsent(kind, answers);
                if (expected != null) {
                    assertEqual(kind + " on " + stores.getFirst().name() + " → " + store.name(), expected, answers);
                }
            }
        }
        for (Store store : stores) {
            store.close();
        }
        assertEqual(
                "Thanos' querier → ours",
                withoutKnown(raw(first.get(Kind.THANOS))),
                withoutKnown(raw(first.get(Kind.OURS))));
        return first;
    }

    private enum Kind {
        OURS,
        THANOS
    }

    private record Store(String name, String grpc, AutoCloseable process) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            process.close();
        }
    }

    private int stores;

    private Store ourStore(String name, Path config) throws IOException {
        var process = keep(MeridianProcess.start(
                directory,
                "store",
                "--data-dir=" + directory.resolve("store-" + stores++),
                "--ignore-deletion-marks-delay=0s",
                "--objstore.config-file=" + config));
        return new Store(name, process.grpc(), process);
    }

    private Store thanosStore(String name, Path config) throws IOException {
        var process = keep(ThanosProcess.start(
                directory,
                "store",
                "--data-dir=" + directory.resolve("store-" + stores++),
                "--ignore-deletion-marks-delay=0s",
                "--objstore.config-file=" + config));
        return new Store(name, process.grpc(), process);
    }

    private ChildProcess thanosCompact(Path config) throws IOException {
        return ChildProcess.start(
                "thanos compact",
                List.of(
                        Peers.require("thanos"),
                        "compact",
                        "--data-dir=" + directory.resolve("thanos-compact-" + config.getFileName()),
                        "--objstore.config-file=" + config,
                        "--consistency-delay=0s",
                        "--http-address=127.0.0.1:" + ChildProcess.freePort()),
                directory.resolve("thanos-compact-" + config.getFileName() + ".log"));
    }

    private ChildProcess ourCompact(Path config, String name, String... more) throws IOException {
        var command = new ArrayList<>(MeridianProcess.java(
                "compact",
                "--data-dir=" + directory.resolve("compact-" + name),
                "--objstore.config-file=" + config,
                "--consistency-delay=0s",
                "--http-address=127.0.0.1:" + ChildProcess.freePort()));
        command.addAll(List.of(more));
        return ChildProcess.start("compact", command, directory.resolve("compact-" + name + ".log"));
    }

    private static void run(String what, ChildProcess process) throws Exception {
        assertThat(process.await(Duration.ofMinutes(4)))
                .as(what + "\n" + process.output())
                .isZero();
        System.out.println("# " + what + ": done");
    }

    /// Everything asked through a fresh querier over the endpoints.
    ///
    /// @param live a time at which scraped series are asked too, or NaN
    private Map<String, Answer> ask(Kind kind, double live, String... endpoints) throws Exception {
        var arguments = new ArrayList<>(List.of("query", "--query.replica-label=replica"));
        for (String endpoint : endpoints) {
            arguments.add("--endpoint=" + endpoint);
        }
        String[] flags = arguments.toArray(String[]::new);
        if (kind == Kind.OURS) {
            try (var querier = MeridianProcess.start(directory, flags)) {
                return answers(querier.client(), live);
            }
        }
        try (var querier = ThanosProcess.start(directory, flags)) {
            return answers(querier.client(), live);
        }
    }

    private Map<String, Answer> answers(QueryClient client, double live) throws Exception {
        double at = historyEndMs / 1000.0 - 3 * 86_400 - 60;
        double start = historyEndMs / 1000.0 - 2 * 86_400 - 60;
        // in a block of two days, which both compactors have downsampled
        double old = Math.floorDiv(historyEndMs, 2 * DAY_MS) * 2 * 86_400.0 - 4 * 86_400 + 36_000;
        Await.until("both replicas at the querier", Duration.ofSeconds(60), () -> {
            var answer = client.instant("count by (replica) (shop_stock)", at, "dedup", "false");
            return answer.series().size() == servers.size() && answer.warnings().isEmpty();
        });
        var answers = new LinkedHashMap<String, Answer>();
        for (String dedup : List.of("false", "true")) {
            for (String query : PathQueries.ALL) {
                String text = PathQueries.forPrometheus(query);
                String key = text + " dedup=" + dedup;
                answers.put("instant " + key, client.instant(text, at, "dedup", dedup));
                answers.put("range " + key, client.range(text, start, start + 14_400, 600, "dedup", dedup));
                if (Double.isNaN(live)) {
                    answers.put(
                            "5m range " + key,
                            client.range(
                                    text, old, old + 28_800, 3_600, "dedup", dedup, "max_source_resolution", "5m"));
                }
            }
            if (!Double.isNaN(live)) {
                for (String query : LIVE) {
                    String text = PathQueries.forPrometheus(query);
                    answers.put("live " + text + " dedup=" + dedup, client.instant(text, live, "dedup", dedup));
                    answers.put(
                            "live range " + text + " dedup=" + dedup,
                            client.range(text, live - 20, live, 1, "dedup", dedup));
                }
            }
        }
        return answers;
    }

    /// Without the answers from downsampled data.
    private static Map<String, Answer> raw(Map<String, Answer> answers) {
        var raw = new LinkedHashMap<>(answers);
        raw.keySet().removeIf(key -> key.startsWith("5m "));
        return raw;
    }

    /// Without functions of counters: Thanos' querier takes the resets out of every counter before it evaluates them,
    /// so that `resets` is 0 and the extrapolation of `rate` does not see zeros. Ours answers as each Prometheus
    /// does.
    private static Map<String, Answer> withoutKnown(Map<String, Answer> answers) {
        var rest = new LinkedHashMap<>(answers);
        rest.keySet().removeIf(key -> OTHER_IN_THANOS.matcher(key).find());
        return rest;
    }

    private static void assertEqual(String what, Map<String, Answer> expected, Map<String, Answer> actual) {
        var differences = new ArrayList<String>();
        int series = 0;
        for (var entry : expected.entrySet()) {
            Answer answer = actual.get(entry.getKey());
            series += entry.getValue().series().size();
            Answers.differences(entry.getValue(), answer, NONE)
                    .forEach(difference -> differences.add(entry.getKey() + ": " + difference));
            if (!entry.getValue().warnings().equals(answer.warnings())) {
                differences.add(
                        entry.getKey() + ": warnings: " + entry.getValue().warnings() + " → " + answer.warnings());
            }
        }
        System.out.println("# " + what + ": " + expected.size() + " queries, " + series + " series, "
                + differences.size() + " differences");
        differences.stream().limit(20).forEach(difference -> System.out.println("#   " + difference));
        assertThat(differences).as(what).isEmpty();
    }
}
