package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.model.json.Json;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.testkit.S3Server;
import io.meridian.tsdb.block.BlockId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The component over a real S3 server and over a directory, seen from outside.
class StoreComponentTest {
    @TempDir
    Path directory;

    private static StoreFlags flags(String... arguments) {
        var flags = new StoreFlags();
        Flags.commandLine(flags, StoreFlags.INERT).parseArgs(arguments);
        return flags;
    }

    @Test
    void component_overS3_servesAndTells() throws Exception {
        S3Server server = S3Server.shared();
        serve(server.config(server.newBucket()));
    }

    @Test
    void component_overDirectory_servesAndTells() throws Exception {
        serve("type: FILESYSTEM\nconfig: {directory: %s}".formatted(directory.resolve("bucket")));
    }

    private void serve(String yaml) throws Exception {
        Labels labels = Labels.of("cluster", "a");
        BlockId healthy;
        BlockId broken;
        try (Bucket bucket = BucketConfig.parse(yaml).open()) {
            var blocks = new TestBlocks(bucket, Files.createDirectories(directory.resolve("blocks")));
            healthy = blocks.add(0, TestBlocks.HOUR_MS, labels, 0, 3);
            broken = blocks.add(TestBlocks.HOUR_MS, 2 * TestBlocks.HOUR_MS, labels, 0, 3);
            bucket.put(broken + "/index", new byte[10], Precondition.NONE);
        }
        try (Service service = Service.create("store");
                HttpClient client = HttpClient.newHttpClient()) {
            StoreComponent component = StoreComponent.start(
                    "store", service, flags("--objstore.config=" + yaml), directory.resolve("data"));
            HttpEndpoint.Builder routes = HttpEndpoint.builder(service);
            component.addRoutes(routes);
            HttpEndpoint http = routes.serve(HttpFlags.of(HostPort.parse("127.0.0.1:0"), Duration.ZERO));
            String base = "http://127.0.0.1:" + http.port();
            while (get(client, base + "/-/ready").statusCode() != 200) {
                Thread.onSpinWait();
            }
            var status = Json.asObject(
                    Json.parseObject(get(client, base + "/api/v1/status/blocks").body())
                            .get("data"),
                    "data");
            assertThat(String.valueOf(status.get("blocks"))).contains(healthy.toString());
            assertThat(String.valueOf(status.get("problems")))
                    .contains(broken.toString())
                    .contains("unreadable")
                    .contains("cluster");
            assertThat(get(client, base + "/metrics").body())
                    .contains("thanos_bucket_store_blocks_loaded 1.0")
                    .contains("thanos_blocks_meta_synced{state=\"failed\"} 1.0")
                    .contains("thanos_objstore_bucket_operations_total{")
                    .contains("thanos_objstore_bucket_operation_duration_seconds_bucket{")
                    .contains("meridian_store_block_problems{kind=\"unreadable\"} 1.0");
            var info = component.info();
            assertThat(info.labelSets()).containsExactly(labels);
            // the block that cannot be read is announced too: who wants it must come and be warned
            assertThat(info.coverage())
                    .containsExactly(
                            new Coverage(labels, new TimeRange(TestBlocks.HOUR_MS, 2 * TestBlocks.HOUR_MS - 1)),
                            new Coverage(labels, new TimeRange(0, TestBlocks.HOUR_MS)));
        }
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void start_withoutBucket_saysWhatToGive() {
        try (Service service = Service.create("store")) {
            assertThatThrownBy(() -> StoreComponent.start("store", service, flags(), directory))
                    .hasMessageContaining("--objstore.config-file");
            assertThatThrownBy(() ->
                            StoreComponent.start("store", service, flags("--objstore.config=type: S4"), directory))
                    .hasMessageContaining("S3 and FILESYSTEM");
        }
    }
}
