package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.InfoClient;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.GrpcClients;
import io.meridian.proto.store.StoreClient;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.grpc.GrpcEndpoint;
import io.meridian.server.grpc.Tls;
import io.meridian.testkit.ChildProcess;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The sidecar beside Debian's Prometheus, which gets its history from text.
class RealPrometheusTest {
    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SERIES_COUNT = 20;
    private static final long STEP_SECONDS = 60;

    @TempDir
    Path directory;

    @Command
    static final class Command1 {
        @Mixin
        GrpcServerFlags grpc;

        @Mixin
        SidecarFlags sidecar;
    }

    /// Four hours that ended some time ago, aligned to blocks.
    private static final long FROM_SECONDS = (System.currentTimeMillis() / 7_200_000 - 4) * 7_200;

    private static final long TO_SECONDS = FROM_SECONDS + 4 * 3600;

    private void writeHistory(Path data) throws Exception {
        var text = new StringBuilder("# TYPE requests counter\n");
        for (int s = 0; s < SERIES_COUNT; s++) {
            for (long t = FROM_SECONDS; t < TO_SECONDS; t += STEP_SECONDS) {
                text.append("requests_total{zone=\"z").append(s).append("\",code=\"200\"} ");
                text.append((t - FROM_SECONDS) * (s + 1)).append(' ').append(t).append('\n');
            }
        }
        Path file = directory.resolve("history.om");
        Files.writeString(file, text.append("# EOF\n"));
        Process promtool = new ProcessBuilder(
                        PROMTOOL.toString(),
                        "tsdb",
                        "create-blocks-from",
                        "openmetrics",
                        file.toString(),
                        data.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("promtool.log").toFile())
                .start();
        assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(promtool.exitValue()).isZero();
    }

    private ChildProcess startPrometheus(Path data, int port) throws IOException {
        Path config = directory.resolve("prometheus.yml");
        Files.writeString(config, """
                global:
                  scrape_interval: 1s
                  external_labels: {region: eu, replica: 0}
                scrape_configs:
                  - job_name: self
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(port));
        return ChildProcess.start(
                        "prometheus",
                        List.of(
                                PROMETHEUS.toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + data,
                                "--web.listen-address=127.0.0.1:" + port,
                                "--storage.tsdb.min-block-duration=2h",
                                "--storage.tsdb.max-block-duration=2h"),
                        directory.resolve("prometheus.log"))
                .awaitReady("http://127.0.0.1:" + port + "/-/ready", PATIENCE);
    }

    @Test
    void livePrometheus_isServedAndShipped() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(PROMETHEUS) && Files.isExecutable(PROMTOOL),
                "no /usr/bin/prometheus and promtool here: install Debian's package prometheus");
        Path data = Files.createDirectories(directory.resolve("data"));
        Path bucketFolder = directory.resolve("bucket");
        writeHistory(data);
        int port = ChildProcess.freePort();
        var command = new Command1();
        Flags.commandLine(command, SidecarFlags.INERT)
                .parseArgs(
                        "--prometheus.url=http://127.0.0.1:" + port,
                        "--tsdb.path=" + data,
                        "--grpc-address=127.0.0.1:0",
                        "--prometheus.get_config_interval=1s",
                        "--objstore.config={type: FILESYSTEM, config: {directory: " + bucketFolder + "}}");
        try (ChildProcess prometheus = startPrometheus(data, port);
                Service service = Service.create("test")) {
            SidecarComponent sidecar = SidecarComponent.start("sidecar", service, command.sidecar);
            GrpcEndpoint grpc = GrpcEndpoint.serve(service, command.grpc, sidecar.grpcServices());
            await("the sidecar is ready", service.probes()::isReady);
            var endpoint = Endpoint.of(
                    GrpcClients.create(service.vertx(), Tls.plainClientOptions()), "127.0.0.1:" + grpc.port());
            EndpointInfo info = InfoClient.ask(endpoint, PATIENCE);
            assertThat(info.labelSets()).containsExactly(Labels.of("region", "eu", "replica", "0"));
            var store = new StoreClient(endpoint, () -> info, PATIENCE);
            checkHistory(store);
            checkLabels(store);
            await("scraped samples are served", () -> liveSamples(store) > 2);
            await("both blocks are in the bucket", () -> uploadedBlocks(bucketFolder) == 2);
            assertThat(Files.readString(data.resolve("thanos.shipper.json"))).contains("\"version\": 1");
            assertThat(prometheus.isAlive()).isTrue();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static List<Series> drain(StoreClient store, Selection selection) {
        try (var set = store.select(selection, QueryContext.unlimited())) {
            var all = new ArrayList<Series>();
            Series series;
            while ((series = set.next()) != null) {
                all.add(series);
            }
            return all;
        }
    }

    private static void checkHistory(StoreClient store) {
        var range = new TimeRange(FROM_SECONDS * 1000, TO_SECONDS * 1000);
        var selection = new Selection(List.of(LabelMatcher.equal("__name__", "requests_total")), range);
        var received = drain(store, selection);
        assertThat(received).hasSize(SERIES_COUNT);
        assertThat(received.stream().map(Series::labels)).isSorted();
        for (Series series : received) {
            long factor = Long.parseLong(series.labels().get("zone").substring(1)) + 1;
            assertThat(series.labels())
                    .isEqualTo(Labels.of(
                            "__name__",
                            "requests_total",
                            "code",
                            "200",
                            "region",
                            "eu",
                            "replica",
                            "0",
                            "zone",
                            series.labels().get("zone")));
            var samples = new SampleBuffer();
            series.read(range, samples);
            assertThat(samples.size()).isEqualTo((int) ((TO_SECONDS - FROM_SECONDS) / STEP_SECONDS));
            for (int i = 0; i < samples.size(); i++) {
                long seconds = FROM_SECONDS + i * STEP_SECONDS;
                assertThat(samples.times()[i]).isEqualTo(seconds * 1000);
                assertThat(samples.values()[i]).isEqualTo((double) ((seconds - FROM_SECONDS) * factor));
            }
        }
    }

    private static void checkLabels(StoreClient store) {
        var range = new TimeRange(FROM_SECONDS * 1000, TO_SECONDS * 1000);
        var all = new Selection(List.of(), range);
        var context = QueryContext.unlimited();
        assertThat(store.labelNames(all, context)).contains("__name__", "region", "replica", "zone");
        assertThat(store.labelValues("zone", all, context)).hasSize(SERIES_COUNT);
        assertThat(store.labelValues("region", all, context)).containsExactly("eu");
        var labelsOnly = new Selection(
                List.of(LabelMatcher.equal("__name__", "requests_total")), range, SelectHints.NONE.withLabelsOnly(0));
        assertThat(drain(store, labelsOnly)).hasSize(SERIES_COUNT);
    }

    private static int liveSamples(StoreClient store) {
        var range = new TimeRange(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
        var received = drain(store, new Selection(List.of(LabelMatcher.equal("__name__", "up")), range));
        if (received.isEmpty()) {
            return 0;
        }
        var samples = new SampleBuffer();
        received.getFirst().read(range, samples);
        return samples.size();
    }

    private static long uploadedBlocks(Path bucketFolder) throws IOException {
        if (!Files.isDirectory(bucketFolder)) {
            return 0;
        }
        try (var bucket = new FilesystemBucket(bucketFolder)) {
            var metas = new ArrayList<BlockMeta>();
            var keys = new ArrayList<String>();
            bucket.list("", object -> keys.add(object.key()));
            for (String key : keys) {
                if (key.endsWith("/" + BlockMeta.FILE) && BlockId.isBlockId(key.substring(0, BlockId.LENGTH))) {
                    metas.add(BlockMeta.parse(key, bucket.readAll(key)));
                }
            }
            assertThat(metas)
                    .allMatch(meta -> meta.thanos().labels().get("region").equals("eu"));
            return metas.size();
        }
    }
}
