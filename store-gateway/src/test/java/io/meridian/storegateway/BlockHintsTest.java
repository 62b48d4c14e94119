package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.FrameStream;
import io.meridian.proto.store.GrpcClients;
import io.meridian.proto.store.StoreService;
import io.meridian.proto.wire.Block;
import io.meridian.proto.wire.LabelMatcher;
import io.meridian.proto.wire.LabelNamesRequest;
import io.meridian.proto.wire.LabelNamesResponse;
import io.meridian.proto.wire.LabelNamesResponseHints;
import io.meridian.proto.wire.LabelValuesRequest;
import io.meridian.proto.wire.LabelValuesResponse;
import io.meridian.proto.wire.LabelValuesResponseHints;
import io.meridian.proto.wire.SeriesRequestHints;
import io.meridian.tsdb.block.BlockId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A request that names blocks is told of these only.
class BlockHintsTest {
    @TempDir
    Path directory;

    @Test
    void labelCalls_withBlockMatchers_nameTheBlocksAskedOnly() throws Exception {
        var bucket = new InMemoryBucket();
        var blocks = new TestBlocks(bucket, directory);
        Labels labels = Labels.of("cluster", "a");
        BlockId first = blocks.add(0, TestBlocks.HOUR_MS, labels, 0, 1);
        blocks.add(TestBlocks.HOUR_MS, 2 * TestBlocks.HOUR_MS, labels, 0, 1);
        Any hints = Any.newBuilder()
                .setValue(SeriesRequestHints.newBuilder()
                        .addBlockMatchers(LabelMatcher.newBuilder()
                                .setName(ByteString.copyFromUtf8("__block_id"))
                                .setValue(ByteString.copyFromUtf8(first.toString())))
                        .build()
                        .toByteString())
                .build();
        Vertx vertx = Vertx.vertx();
        try (BlockCatalog catalog = TestBlocks.catalog(bucket, directory.resolve("local"), TestBlocks.settings())) {
            catalog.sync();
            Endpoint endpoint = serve(vertx, catalog);

            var names = LabelNamesResponse.parseFrom(ask(
                    endpoint,
                    "LabelNames",
                    LabelNamesRequest.newBuilder()
                            .setEnd(Long.MAX_VALUE)
                            .setHints(hints)
                            .build()
                            .toByteArray()));
            assertThat(LabelNamesResponseHints.parseFrom(names.getHints().getValue())
                            .getQueriedBlocksList())
                    .extracting(Block::getId)
                    .containsExactly(first.toString());

            var values = LabelValuesResponse.parseFrom(ask(
                    endpoint,
                    "LabelValues",
                    LabelValuesRequest.newBuilder()
                            .setLabel(ByteString.copyFromUtf8("__name__"))
                            .setEnd(Long.MAX_VALUE)
                            .setHints(hints)
                            .build()
                            .toByteArray()));
            assertThat(LabelValuesResponseHints.parseFrom(values.getHints().getValue())
                            .getQueriedBlocksList())
                    .extracting(Block::getId)
                    .containsExactly(first.toString());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static Endpoint serve(Vertx vertx, BlockCatalog catalog) throws Exception {
        var source = new BucketSource("store", catalog::snapshot, () -> TimeRange.ALL, 20);
        GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions());
        grpc.addService(new StoreService(vertx, source, 1L << 30));
        var server = vertx.createHttpServer().requestHandler(grpc);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        var options =
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
        return Endpoint.of(GrpcClients.create(vertx, options), "127.0.0.1:" + server.actualPort());
    }

    private static byte[] ask(Endpoint endpoint, String method, byte[] request) {
        try (var stream = FrameStream.open(
                endpoint, "thanos.Store/" + method, request, QueryContext.unlimited(), Duration.ofSeconds(30))) {
            var frame = Objects.requireNonNull(stream.next());
            return Arrays.copyOfRange(frame.bytes(), frame.offset(), frame.offset() + frame.length());
        }
    }
}
