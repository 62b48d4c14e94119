package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.json.Json;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.proto.codec.SeriesFrameReader;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.FrameStream;
import io.meridian.proto.store.GrpcClients;
import io.meridian.proto.store.StoreService;
import io.meridian.proto.wire.LabelNamesResponse;
import io.meridian.proto.wire.LabelNamesResponseHints;
import io.meridian.proto.wire.LabelValuesResponse;
import io.meridian.testkit.Shared;
import io.meridian.tsdb.block.BlockMeta;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a real Thanos store answered over the same blocks, ours answers.
class StoreApiGoldenTest {
    /// Thanos fails there: minima of histograms, and the chunk encoding XOR2. Or it shows the nameless list of all
    /// series as a label.
    private static final Set<String> BETTER_HERE = Set.of("agg-5m-hist-min", "xor2-float", "labelvalues-empty-name");

    @TempDir
    Path directory;

    private record Received(Labels labels, Set<Chunk> chunks) {}

    private static void addBlocks(InMemoryBucket bucket, Path folder, @Nullable Labels labels) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String key = folder.relativize(file).toString();
                if (key.endsWith("/tombstones")) {
                    continue; // object storage has none
                }
                byte[] bytes = Files.readAllBytes(file);
                if (labels != null && key.endsWith("/meta.json")) {
                    BlockMeta meta = BlockMeta.parse(key, bytes);
                    bytes = meta.withThanos(new BlockMeta.Thanos(labels, 0, "test"))
                            .encode();
                }
                bucket.put(key, bytes, Precondition.NONE);
            }
        }
    }

    private static InMemoryBucket goldenBucket() throws IOException {
        Path golden = Shared.require("golden/storage");
        Labels c1a = Labels.of("cluster", "c1", "replica", "a");
        var bucket = new InMemoryBucket();
        addBlocks(bucket, golden.resolve("blocks/floats-48h"), c1a);
        addBlocks(bucket, golden.resolve("blocks/histograms-48h"), c1a);
        addBlocks(bucket, golden.resolve("blocks/replicas/a"), c1a);
        for (String name : List.of("floats-48h", "histograms-48h")) {
            addBlocks(bucket, golden.resolve("downsampled/" + name + "-5m"), null);
            addBlocks(bucket, golden.resolve("downsampled/" + name + "-1h"), null);
        }
        addBlocks(bucket, golden.resolve("blocks/replicas/b"), Labels.of("cluster", "c1", "replica", "b"));
        addBlocks(bucket, golden.resolve("blocks/compaction-2h"), Labels.of("cluster", "c2", "replica", "a"));
        addBlocks(bucket, golden.resolve("blocks/xor2-no-st"), Labels.of("cluster", "cx"));
        return bucket;
    }

    @Test
    void recordedCalls_haveTheRecordedAnswers() throws Exception {
        InMemoryBucket bucket = goldenBucket();
        Vertx vertx = Vertx.vertx();
        try (BlockCatalog catalog = TestBlocks.catalog(bucket, directory.resolve("local"), TestBlocks.settings())) {
            catalog.sync();
            assertThat(catalog.snapshot().problems()).isEmpty();
            BucketSource source = new BucketSource("store", catalog::snapshot, () -> TimeRange.ALL, 20);
            GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(Integer.MAX_VALUE));
            grpc.addService(new StoreService(vertx, source, 1L << 30));
            HttpServer server = vertx.createHttpServer().requestHandler(grpc);
            server.listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            Endpoint endpoint = Endpoint.of(
                    GrpcClients.create(
                            vertx,
                            new HttpClientOptions()
                                    .setProtocolVersion(HttpVersion.HTTP_2)
                                    .setHttp2ClearTextUpgrade(false)),
                    "127.0.0.1:" + server.actualPort());
            int compared = 0;
            for (var call : Shared.jsonLines(Shared.require("golden/storage/storeapi/store.jsonl.gz"))) {
                if (String.valueOf(call.get("method")).startsWith("/thanos.Store/")) {
                    compare(call, endpoint);
                    compared++;
                }
            }
            assertThat(compared).isEqualTo(72);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static void compare(Map<String, @Nullable Object> call, Endpoint endpoint) throws Exception {
        String name = String.valueOf(call.get("name"));
        String method = String.valueOf(call.get("method")).replaceFirst(".*/", "");
        byte[] request = Base64.getDecoder().decode(Json.asString(call.get("request_b64"), "request"));
        if (BETTER_HERE.contains(name)) {
            assertThat(ask(endpoint, method, request)).as(name).isNotNull();
            return;
        }
        if (!"OK".equals(call.get("code"))) {
            assertThat(call.get("code")).isEqualTo("InvalidArgument");
            assertThatThrownBy(() -> ask(endpoint, method, request)).as(name).isInstanceOf(QueryException.class);
            return;
        }
        List<byte[]> expected = recorded(call);
        List<byte[]> actual = ask(endpoint, method, request);
        switch (method) {
            case "Series" -> assertThat(series(actual)).as(name).isEqualTo(series(expected));
            case "LabelNames" -> {
                var ours = LabelNamesResponse.parseFrom(actual.getFirst());
                var theirs = LabelNamesResponse.parseFrom(expected.getFirst());
                assertThat(ours.getNamesList()).as(name).isEqualTo(theirs.getNamesList());
                assertThat(queried(ours)).as(name).isEqualTo(queried(theirs));
            }
            default ->
                assertThat(LabelValuesResponse.parseFrom(actual.getFirst()).getValuesList())
                        .as(name)
                        .isEqualTo(LabelValuesResponse.parseFrom(expected.getFirst())
                                .getValuesList());
        }
    }

    private static Set<String> queried(LabelNamesResponse response) throws Exception {
        Set<String> ids = new TreeSet<>();
        LabelNamesResponseHints.parseFrom(response.getHints().getValue())
                .getQueriedBlocksList()
                .forEach(block -> ids.add(block.getId()));
        return ids;
    }

    private static List<byte[]> ask(Endpoint endpoint, String method, byte[] request) {
        List<byte[]> frames = new ArrayList<>();
        try (var stream = FrameStream.open(
                endpoint, "thanos.Store/" + method, request, QueryContext.unlimited(), Duration.ofSeconds(30))) {
            for (var frame = stream.next(); frame != null; frame = stream.next()) {
                frames.add(
                        java.util.Arrays.copyOfRange(frame.bytes(), frame.offset(), frame.offset() + frame.length()));
            }
        }
        return frames;
    }

    private static List<Received> series(List<? extends byte[]> frames) {
        List<Received> received = new ArrayList<>();
        for (byte[] frame : frames) {
            new SeriesFrameReader("answer").read(frame, 0, frame.length, new SeriesFrameReader.Sink() {
                @Override
                public void series(Labels labels, List<Chunk> chunks) {
                    received.add(new Received(labels, new LinkedHashSet<>(chunks)));
                }

                @Override
                public void warning(String text) {
                    throw new IllegalStateException(text);
                }
            });
        }
        return received;
    }

    private static List<byte[]> recorded(Map<String, @Nullable Object> call) {
        Object all = call.get("responses_b64");
        return all == null
                ? List.of()
                : Json.asArray(all, "responses").stream()
                        .map(one -> Base64.getDecoder().decode(Json.asString(one, "response")))
                        .toList();
    }
}
