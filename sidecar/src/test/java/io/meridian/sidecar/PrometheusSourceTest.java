package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.json.Json;
import io.meridian.proto.codec.SeriesFrameReader;
import io.meridian.proto.remote.RemoteRead;
import io.meridian.proto.remote.StreamedWriter;
import io.meridian.testkit.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrometheusSourceTest {
    private static final Labels EXTERNAL = Labels.of("cluster", "c2", "replica", "0");
    private static final PrometheusState STATE = new PrometheusState(EXTERNAL, 1_000, "3.14.0");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<RemoteRead.Request> reads = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private PrometheusClient client;
    private PrometheusSource source;
    private byte[] answer = new byte[0];
    private String contentType = RemoteRead.STREAMED_TYPE;
    private int status = 200;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/prom/", this::serve);
        server.start();
        client = new PrometheusClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/prom/"), Duration.ofSeconds(10));
        source = new PrometheusSource(client, () -> STATE);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            asked.add(path);
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (path.endsWith("/api/v1/read")) {
                reads.add(RemoteRead.parse(body));
            }
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(answer);
        }
    }

    private static ChunkSeries series(String... labels) {
        return new ChunkSeries(
                Labels.of(labels),
                List.of(new EncodedChunk(ChunkEncoding.XOR2, 2_000, 3_000, "data".getBytes(StandardCharsets.UTF_8))));
    }

    private void answerWith(ChunkSeries... all) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new StreamedWriter(out, 1 << 20);
        for (ChunkSeries one : all) {
            writer.series(
                    0,
                    one.labels(),
                    one.chunks().stream().map(EncodedChunk.class::cast).toList());
        }
        answer = out.toByteArray();
    }

    private static Selection selection(LabelMatcher... matchers) {
        return new Selection(List.of(matchers), new TimeRange(0, 10_000));
    }

    private List<Series> select(Selection selection) {
        try (var set = source.select(selection, QueryContext.unlimited())) {
            var all = new ArrayList<Series>();
            Series series;
            while ((series = set.next()) != null) {
                all.add(series);
            }
            return all;
        }
    }

    @Test
    void select_externalLabelsChangeTheOrder_resultIsSorted() throws Exception {
        answerWith(
                series("__name__", "a", "z", "1"),
                series("__name__", "a", "b", "1"),
                series("__name__", "a", "b", "1", "cluster", "own"),
                series("__name__", "b", "a", "1"),
                series("a", "no name"));
        var received = select(selection(LabelMatcher.equal("__name__", "a"), LabelMatcher.equal("cluster", "c2")));
        assertThat(received.stream().map(Series::labels))
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(4);
        assertThat(received).allMatch(series -> series.labels().get("cluster").equals("c2"));
        assertThat(((ChunkSeries) received.getFirst()).chunks())
                .allMatch(chunk -> ((EncodedChunk) chunk).encoding() == ChunkEncoding.XOR2);
        assertThat(reads).hasSize(1).allSatisfy(read -> {
            assertThat(read.streamed()).isTrue();
            assertThat(read.queries()).hasSize(1).allSatisfy(query -> {
                assertThat(query.matchers()).containsExactly(LabelMatcher.equal("__name__", "a"));
                assertThat(query.range()).isEqualTo(new TimeRange(1_000, 10_000));
            });
        });
        assertThat(asked).containsExactly("/prom/api/v1/read");
    }

    @Test
    void select_externalLabelsContradict_asksNothing() {
        assertThat(select(selection(LabelMatcher.equal("__name__", "a"), LabelMatcher.equal("cluster", "x"))))
                .isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void select_onlyExternalMatchers_isABadQuery() {
        assertThatThrownBy(() -> select(selection(LabelMatcher.equal("cluster", "c2"))))
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_QUERY))
                .hasMessage("no matchers specified (excluding external labels)");
    }

    @Test
    void select_answerBreaksOff_orEndsInText_isAnError() throws Exception {
        answerWith(series("__name__", "a"), series("__name__", "b"));
        byte[] whole = answer;
        answer = java.util.Arrays.copyOf(whole, whole.length - 3);
        assertThatThrownBy(() -> select(selection(LabelMatcher.equal("__name__", "a"))))
                .hasMessageContaining("ends within a frame");
        answer = java.util.Arrays.copyOf(whole, whole.length + 20);
        System.arraycopy("query timed out".getBytes(StandardCharsets.UTF_8), 0, answer, whole.length, 15);
        assertThatThrownBy(() -> select(selection(LabelMatcher.equal("__name__", "a"))))
                .isInstanceOf(QueryException.class);
    }

    @Test
    void select_refused_textAndFaultArePassedOn() {
        status = 400;
        contentType = "text/plain";
        answer = "exceeded sample limit (1000)\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> select(selection(LabelMatcher.equal("__name__", "a"))))
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_QUERY))
                .hasMessageContaining("exceeded sample limit (1000)");
    }

    @Test
    void select_labelsOnly_usesTheSeriesApi() {
        contentType = "application/json";
        answer = """
                {"status":"success","data":[{"__name__":"b"},{"__name__":"a","replica":"own"},{"__name__":"a"}]}
                """.getBytes(StandardCharsets.UTF_8);
        var received = select(selection(LabelMatcher.of(LabelMatcher.Type.REGEX, "__name__", "a|b"))
                .withHints(SelectHints.NONE.withLabelsOnly(2)));
        assertThat(received.stream().map(Series::labels))
                .containsExactly(
                        Labels.of("__name__", "a", "cluster", "c2", "replica", "0"),
                        Labels.of("__name__", "b", "cluster", "c2", "replica", "0"));
        assertThat(asked)
                .containsExactly(
                        "/prom/api/v1/series?match%5B%5D=%7B__name__%3D%7E%22a%7Cb%22%7D&start=1.000&end=10.000&limit=2");
    }

    @Test
    void labels_ofPrometheusAndExternal_areJoined() {
        contentType = "application/json";
        answer = "{\"status\":\"success\",\"data\":[\"zone\",\"__name__\"]}".getBytes(StandardCharsets.UTF_8);
        var context = QueryContext.unlimited();
        assertThat(source.labelNames(selection(), context)).containsExactly("__name__", "cluster", "replica", "zone");
        assertThat(source.labelValues("cluster", selection(), context)).containsExactly("c2");
        assertThat(source.labelValues("job", selection(LabelMatcher.equal("cluster", "x")), context))
                .isEmpty();
        assertThat(source.labelValues("a.b", selection(), context)).containsExactly("__name__", "zone");
        assertThat(asked.getLast()).startsWith("/prom/api/v1/label/U__a_2e_b/values?");
        assertThatThrownBy(() -> source.labelValues("", selection(), context)).isInstanceOf(QueryException.class);
    }

    /// What the real sidecar made of what the real Prometheus answered, for the one exchange that is in both
    /// recordings.
    @Test
    void recordedRead_becomesWhatTheRealSidecarServes() throws Exception {
        var exchange = Json.parseObject(
                Files.readString(Shared.require("golden/storage/remote-read/main-02-streamed-eq.json")));
        answer = Base64.getDecoder().decode(Json.asString(exchange.get("response_b64"), "answer"));
        var expected = new ArrayList<ChunkSeries>();
        for (var call : Shared.jsonLines(Shared.require("golden/storage/storeapi/sidecar.jsonl.gz"))) {
            if ("eq".equals(call.get("name"))) {
                for (Object frame : Json.asArray(call.get("responses_b64"), "responses")) {
                    byte[] bytes = Base64.getDecoder().decode(Json.asString(frame, "frame"));
                    new SeriesFrameReader("recorded").read(bytes, 0, bytes.length, new SeriesFrameReader.Sink() {
                        @Override
                        public void series(Labels labels, List<io.meridian.model.chunk.Chunk> chunks) {
                            expected.add(new ChunkSeries(labels, chunks));
                        }

                        @Override
                        public void warning(String text) {
                            throw new IllegalStateException(text);
                        }
                    });
                }
            }
        }
        assertThat(expected).hasSize(1);
        assertThat(select(selection(LabelMatcher.equal("__name__", "lvl")))).isEqualTo(expected);
    }
}
