package io.meridian.proto.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.Xor2Encoder;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.codec.SeriesFrameReader;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.InfoClient;
import io.meridian.proto.info.InfoService;
import io.meridian.proto.wire.SeriesRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A source behind the StoreAPI looks as it does directly.
class StoreRoundTripTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final HttpClient client = GrpcClients.create(
            vertx,
            new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    private final FakeSource source = new FakeSource();
    private Endpoint endpoint;
    private HttpServer server;

    /// Answers with what the test puts in.
    private static final class FakeSource implements SeriesSource {
        volatile BiFunction<Selection, QueryContext, SeriesSet> answer = (_, _) -> SeriesSet.of(List.of());

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Coverage> coverage() {
            return List.of(new Coverage(Labels.of("cluster", "c"), new TimeRange(0, 1000)));
        }

        @Override
        public SeriesSet select(Selection selection, QueryContext context) {
            return answer.apply(selection, context);
        }

        @Override
        public List<String> labelNames(Selection selection, QueryContext context) {
            context.addNotice(new Notice("fake", "half of the names"));
            return List.of("__name__", "a\uDCFF", "replica");
        }

        @Override
        public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
            throw new QueryException(Fault.BAD_QUERY, "no values of " + labelName + " for " + selection.matchers());
        }
    }

    @BeforeEach
    void start() throws Exception {
        GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(Integer.MAX_VALUE));
        grpc.addService(new StoreService(vertx, source, 1L << 30));
        var info = new EndpointInfo(
                "sidecar",
                List.of(Labels.of("cluster", "c")),
                new EndpointInfo.StoreInfo(new TimeRange(0, Long.MAX_VALUE), source.coverage(), true, true, true),
                false);
        grpc.addService(new InfoService(() -> info, ready::get));
        server = vertx.createHttpServer().requestHandler(grpc);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        endpoint = Endpoint.of(client, "127.0.0.1:" + server.actualPort());
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private StoreClient storeClient(Duration responseTimeout) {
        EndpointInfo info = InfoClient.ask(endpoint, PATIENCE);
        return new StoreClient(endpoint, () -> info, responseTimeout);
    }

    private static ChunkSeries series(String name, int chunkCount) {
        var chunks = new ArrayList<EncodedChunk>();
        for (int c = 0; c < chunkCount; c++) {
            var encoder = new XorEncoder();
            for (int i = 0; i < 100; i++) {
                encoder.append(c * 1000L + i * 10L, Math.sin(i + c));
            }
            chunks.add(new EncodedChunk(ChunkEncoding.XOR, c * 1000L, c * 1000L + 990, encoder.toBytes()));
        }
        return new ChunkSeries(Labels.of("__name__", name, "replica", "r"), List.copyOf(chunks));
    }

    private static Selection all() {
        return new Selection(List.of(LabelMatcher.equal("__name__", "x")), new TimeRange(0, 10_000_000));
    }

    private static List<Series> drain(SeriesSet set) {
        try (set) {
            var all = new ArrayList<Series>();
            Series series;
            while ((series = set.next()) != null) {
                all.add(series);
            }
            return all;
        }
    }

    private static QueryContext context() {
        return new QueryContext(PATIENCE.toNanos(), 1L << 30, PartialResponse.WARN);
    }

    @Test
    void select_manySeries_arriveEqual() {
        var sent = new ArrayList<ChunkSeries>();
        for (int i = 0; i < 1000; i++) {
            sent.add(series("m%04d".formatted(i), 1 + i % 3));
        }
        source.answer = (_, _) -> SeriesSet.of(sent);
        assertThat(drain(storeClient(Duration.ZERO).select(all(), context()))).isEqualTo(sent);
    }

    @Test
    void select_seriesLargerThanAFrame_arrivesWhole() {
        var large = series("large", 3000);
        source.answer = (_, _) -> SeriesSet.of(List.of(series("a", 1), large, series("z", 1)));
        var received = drain(storeClient(Duration.ZERO).select(all(), context()));
        assertThat(received).hasSize(3).contains(large);
    }

    @Test
    void select_messageLargerThanWhatMayBeAhead_arrives() {
        var huge = new ChunkSeries(
                Labels.of("__name__", "x".repeat(3 << 20)), series("a", 1).chunks());
        source.answer = (_, _) -> SeriesSet.of(List.of(series("a", 1), huge, series("z", 1)));
        assertThat(drain(storeClient(Duration.ZERO).select(all(), context())))
                .isEqualTo(List.of(series("a", 1), huge, series("z", 1)));
    }

    @Test
    void select_unsortedServer_isSortedByTheClient() {
        source.answer = (_, _) -> SeriesSet.of(List.of(series("b", 1), series("a", 2), series("b", 1), series("c", 1)));
        var untrusted = new EndpointInfo(
                "store", List.of(), new EndpointInfo.StoreInfo(TimeRange.ALL, List.of(), true, true, false), false);
        var received = drain(new StoreClient(endpoint, () -> untrusted, Duration.ZERO).select(all(), context()));
        assertThat(received).isEqualTo(List.of(series("a", 2), series("b", 1), series("c", 1)));
        assertThatThrownBy(() -> drain(storeClient(Duration.ZERO).select(all(), context())))
                .hasMessageContaining("out of order");
    }

    @Test
    void select_sourceFails_faultAndTextArrive() {
        source.answer = (_, _) -> {
            throw new QueryException(Fault.BAD_QUERY, "no matchers specified (excluding external labels)");
        };
        assertThatThrownBy(() -> drain(storeClient(Duration.ZERO).select(all(), context())))
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_QUERY))
                .hasMessageContaining("no matchers specified");
    }

    @Test
    void select_sourceFailsInItsMiddle_seriesBeforeArrive() {
        source.answer = (_, _) -> failingAfter(List.of(series("a", 1), series("b", 2)));
        var received = new ArrayList<Series>();
        try (SeriesSet set = storeClient(Duration.ZERO).select(all(), context())) {
            assertThatThrownBy(() -> {
                        Series series;
                        while ((series = set.next()) != null) {
                            received.add(series);
                        }
                    })
                    .hasMessageContaining("ABORTED: the third is lost");
        }
        assertThat(received).isEqualTo(List.of(series("a", 1), series("b", 2)));
    }

    private static SeriesSet failingAfter(List<ChunkSeries> sound) {
        var left = new ArrayList<>(sound);
        return new SeriesSet() {
            @Override
            public Series next() {
                if (left.isEmpty()) {
                    throw new QueryException(Fault.CORRUPT_BLOCK, "the third is lost");
                }
                return left.removeFirst();
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void select_notices_becomeWarnings_orEndTheQuery() {
        source.answer = (_, query) -> {
            query.sourceFailed(new Notice("block", "is broken"), Fault.CORRUPT_BLOCK);
            return SeriesSet.of(List.of(series("a", 1)));
        };
        QueryContext lenient = context();
        assertThat(drain(storeClient(Duration.ZERO).select(all(), lenient))).hasSize(1);
        assertThat(lenient.notices())
                .hasSize(1)
                .allMatch(notice -> notice.toString().contains("block: is broken"));
        var strict = new QueryContext(PATIENCE.toNanos(), 1L << 30, PartialResponse.ABORT);
        assertThatThrownBy(() -> drain(storeClient(Duration.ZERO).select(all(), strict)))
                .hasMessageContaining("ABORTED")
                .hasMessageContaining("is broken");
    }

    @Test
    void select_silentServer_timesOutByName() throws Exception {
        var release = new CountDownLatch(1);
        source.answer = (_, _) -> {
            await(release);
            return SeriesSet.of(List.of());
        };
        try {
            assertThatThrownBy(() -> drain(storeClient(Duration.ofMillis(200)).select(all(), context())))
                    .hasMessageContaining("failed to receive any data in 200ms from 127.0.0.1:");
        } finally {
            release.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Endless series; the number made so far tells how far the server runs ahead.
    private SeriesSet endless(AtomicInteger made, CountDownLatch ended, QueryContext query) {
        query.onCancel(ended::countDown);
        return new SeriesSet() {
            @Override
            public @Nullable Series next() {
                return series("m%09d".formatted(made.incrementAndGet()), 50);
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void select_slowReader_slowsTheServer_andClosingEndsIt() throws Exception {
        var made = new AtomicInteger();
        var ended = new CountDownLatch(1);
        source.answer = (_, query) -> endless(made, ended, query);
        try (SeriesSet set = storeClient(Duration.ZERO).select(all(), context())) {
            assertThat(set.next()).isNotNull();
            int before = -1;
            while (before != made.get()) {
                before = made.get();
                TimeUnit.MILLISECONDS.sleep(300);
            }
            // About 45 KB a series: 16 messages ahead and what the windows and buffers on the way take.
            assertThat(made.get()).isLessThan(4000);
        }
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void select_cancelled_endsBothSides() throws Exception {
        var made = new AtomicInteger();
        var ended = new CountDownLatch(1);
        source.answer = (_, query) -> endless(made, ended, query);
        QueryContext query = context();
        SeriesSet set = storeClient(Duration.ZERO).select(all(), query);
        assertThat(set.next()).isNotNull();
        query.cancel();
        assertThatThrownBy(() -> drain(set))
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CANCELLED));
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /// What a client gets that writes its request itself.
    private List<ChunkSeries> ask(SeriesRequest request) {
        var warnings = new ArrayList<String>();
        var received = ask(request, warnings);
        assertThat(warnings).isEmpty();
        return received;
    }

    private List<ChunkSeries> ask(SeriesRequest request, List<String> warnings) {
        var received = new ArrayList<ChunkSeries>();
        var reader = new SeriesFrameReader("test");
        try (FrameStream stream =
                FrameStream.open(endpoint, "thanos.Store/Series", request.toByteArray(), context(), Duration.ZERO)) {
            FrameStream.Frame frame;
            while ((frame = stream.next()) != null) {
                reader.read(frame.bytes(), frame.offset(), frame.length(), new SeriesFrameReader.Sink() {
                    @Override
                    public void series(Labels labels, List<io.meridian.model.chunk.Chunk> chunks) {
                        received.add(new ChunkSeries(labels, chunks));
                    }

                    @Override
                    public void warning(String text) {
                        warnings.add(text);
                    }
                });
            }
        }
        return received;
    }

    @Test
    void series_withoutReplicaLabels_areMergedSortedAndLimited() {
        var one = series("a", 1);
        var b = new ChunkSeries(Labels.of("__name__", "a", "replica", "b", "z", "2"), one.chunks());
        var c = new ChunkSeries(Labels.of("__name__", "a", "replica", "c", "z", "1"), one.chunks());
        var d = new ChunkSeries(
                Labels.of("__name__", "a", "replica", "d", "z", "1"),
                series("a", 2).chunks());
        source.answer = (_, _) -> SeriesSet.of(List.of(b, c, d));
        var request = SeriesRequest.newBuilder().addWithoutReplicaLabels(ModelCodec.bytes("replica"));
        var received = ask(request.build());
        assertThat(received.stream().map(ChunkSeries::labels))
                .containsExactly(Labels.of("__name__", "a", "z", "1"), Labels.of("__name__", "a", "z", "2"));
        assertThat(received.getFirst().chunks()).isEqualTo(d.chunks());
        assertThat(ask(request.setLimit(1).build())).hasSize(1);
    }

    @Test
    void series_newEncodings_areWrittenAnewForClientsThatDidNotAnnounceThem() {
        var encoder = new Xor2Encoder();
        for (int i = 0; i < 50; i++) {
            encoder.append(i * 7L, i * 1000L, i * 0.5);
        }
        var chunk = new EncodedChunk(ChunkEncoding.XOR2, 0, 49_000, encoder.toBytes());
        var stored = new ChunkSeries(Labels.of("__name__", "x"), List.of(chunk));
        source.answer = (_, _) -> SeriesSet.of(List.of(stored));
        assertThat(drain(storeClient(Duration.ZERO).select(all(), context()))).isEqualTo(List.of(stored));
        var received = ask(SeriesRequest.getDefaultInstance());
        assertThat(received).hasSize(1);
        assertThat(((EncodedChunk) received.getFirst().chunks().getFirst()).encoding())
                .isEqualTo(ChunkEncoding.XOR);
        var expected = new SampleBuffer();
        stored.read(TimeRange.ALL, expected);
        var actual = new SampleBuffer();
        received.getFirst().read(TimeRange.ALL, actual);
        assertThat(actual.size()).isEqualTo(50);
        for (int i = 0; i < 50; i++) {
            assertThat(actual.times()[i]).isEqualTo(expected.times()[i]);
            assertThat(actual.values()[i]).isEqualTo(expected.values()[i]);
        }
    }

    @Test
    void select_chunksOfKnownOrigin_arriveWithIt() {
        var one = new ChunkOrigin.Named("block one");
        var two = new ChunkOrigin.Named("block two");
        var chunks = new ArrayList<Chunk>();
        for (var origin : new @Nullable ChunkOrigin[] {one, one, two, null, one}) {
            byte[] bytes = {0, 0};
            chunks.add(new EncodedChunk(ChunkEncoding.XOR, chunks.size(), chunks.size(), bytes, 0, 2, origin));
        }
        source.answer = (_, _) -> SeriesSet.of(List.of(
                new ChunkSeries(Labels.of("__name__", "a"), chunks),
                new ChunkSeries(Labels.of("__name__", "b"), List.of(chunks.get(2), chunks.get(3)))));

        StoreClient store = storeClient(Duration.ZERO);
        String address = store.name();
        assertThat(drain(store.select(all(), context())))
                .map(series -> ((ChunkSeries) series)
                        .chunks().stream()
                                .map(chunk ->
                                        Objects.requireNonNull(chunk.origin()).name())
                                .toList())
                .containsExactly(
                        List.of(
                                address + ": block one",
                                address + ": block one",
                                address + ": block two",
                                address,
                                address + ": block one"),
                        List.of(address + ": block two", address));
    }

    @Test
    void series_chunkThatCannotBeWrittenAnew_costsItselfAndAWarning() {
        var encoder = new Xor2Encoder();
        encoder.append(0, 1000, 1);
        encoder.append(0, 2000, 2);
        byte[] sound = encoder.toBytes();
        byte[] broken = sound.clone();
        broken[1] = 99;
        source.answer = (_, context) -> SeriesSet.of(List.of(new ChunkSeries(
                Labels.of("__name__", "x"),
                List.of(
                        new EncodedChunk(
                                ChunkEncoding.XOR2,
                                0,
                                500,
                                broken,
                                0,
                                broken.length,
                                new ChunkOrigin.Named("block one")),
                        new EncodedChunk(ChunkEncoding.XOR2, 1000, 2000, sound)))));
        var warnings = new ArrayList<String>();

        var received = ask(SeriesRequest.getDefaultInstance(), warnings);

        assertThat(received)
                .singleElement()
                .satisfies(series -> assertThat(series.chunks()).hasSize(1));
        assertThat(warnings).singleElement().asString().contains("block one", "__name__", "cannot be decoded");
    }

    @Test
    void hints_reachTheSource() {
        var seen = new ArrayList<Selection>();
        source.answer = (selection, _) -> {
            seen.add(selection);
            return SeriesSet.of(List.of());
        };
        var hints = new SelectHints(
                "rate",
                15_000,
                300_000,
                List.of("job"),
                true,
                300_000,
                java.util.Set.of(io.meridian.model.chunk.Aggregate.COUNTER),
                false,
                7);
        var selection = all().withHints(hints);
        drain(storeClient(Duration.ZERO).select(selection, context()));
        assertThat(seen).containsExactly(selection);
    }

    @Test
    void labels_namesWarningsAndErrors_arrive() {
        QueryContext query = context();
        var store = storeClient(Duration.ZERO);
        assertThat(store.labelNames(all(), query)).containsExactly("__name__", "a\uDCFF", "replica");
        assertThat(query.notices()).hasSize(1);
        assertThatThrownBy(() -> store.labelValues("job", all(), query)).hasMessageContaining("no values of job");
    }

    @Test
    void info_ready_tellsEverything_notReady_isAnError() {
        EndpointInfo info = InfoClient.ask(endpoint, PATIENCE);
        assertThat(info.component()).isEqualTo("sidecar");
        assertThat(info.coverage()).isEqualTo(source.coverage());
        assertThat(info.store()).isNotNull();
        ready.set(false);
        assertThatThrownBy(() -> InfoClient.ask(endpoint, PATIENCE)).hasMessageContaining("Not ready");
    }
}
