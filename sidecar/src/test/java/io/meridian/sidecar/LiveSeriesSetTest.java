package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.proto.remote.RemoteRead;
import io.meridian.proto.remote.StreamedWriter;
import io.meridian.testkit.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Streamed reads from a server that answers byte for byte what a test wants.
class LiveSeriesSetTest {
    private static final Labels EXTERNAL = Labels.of("cluster", "c2", "replica", "0");
    private static final Selection ANY =
            new Selection(List.of(LabelMatcher.equal("__name__", "a")), new TimeRange(0, 10_000));

    /// What the server does once the request is there; the connection is closed afterwards.
    private interface Behaviour {
        void serve(Socket connection, OutputStream out) throws IOException;
    }

    private @Nullable ServerSocket server;
    private @Nullable PrometheusClient client;

    private PrometheusSource source(Labels external, Behaviour behaviour) throws IOException {
        var listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server = listening;
        Thread.ofVirtual().start(() -> {
            try (Socket connection = listening.accept()) {
                readRequest(connection);
                OutputStream out = connection.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: " + RemoteRead.STREAMED_TYPE
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
                behaviour.serve(connection, out);
            } catch (IOException clientGone) {
                // as some tests want it
            }
        });
        var prometheus = new PrometheusClient(
                URI.create("http://127.0.0.1:" + listening.getLocalPort()), Duration.ofSeconds(20));
        client = prometheus;
        return new PrometheusSource(prometheus, () -> new PrometheusState(external, 0, "3.14.0"));
    }

    private static void readRequest(Socket connection) throws IOException {
        var in = new HttpBuffer(connection.getInputStream());
        int length = 0;
        for (String line = in.line(1 << 16); !line.isEmpty(); line = in.line(1 << 16)) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring(16));
            }
        }
        for (int i = 0; i < length; i++) {
            in.read();
        }
    }

    private static void chunk(OutputStream out, byte[] bytes, int from, int to) throws IOException {
        out.write((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes, from, to - from);
        out.write(new byte[] {'\r', '\n'});
        out.flush();
    }

    private static void end(OutputStream out) throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    @AfterEach
    void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static Labels randomLabels(RandomGenerator random) {
        String[] names = {"a", "cluster", "d", "replica", "z"};
        var labels = Labels.empty().toBuilder().set(Labels.METRIC_NAME, "m" + random.nextInt(3));
        for (String name : names) {
            if (random.nextInt(3) == 0) {
                labels.set(name, name.equals("cluster") && random.nextBoolean() ? "c2" : "v" + random.nextInt(3));
            }
        }
        return labels.build();
    }

    private static EncodedChunk randomChunk(RandomGenerator random, long minMs) {
        byte[] bytes = new byte[random.nextInt(50) == 0 ? 60_000 : random.nextInt(3_000)];
        random.nextBytes(bytes);
        return new EncodedChunk(ChunkEncoding.XOR, minMs, minMs + 99, bytes);
    }

    @Test
    void series_ofAnyLabels_comeSortedAndOnce_inBothWaysToRead() throws Exception {
        var random = SeededRandom.create("series_ofAnyLabels_comeSortedAndOnce_inBothWaysToRead");
        for (int round = 0; round < 40; round++) {
            Labels external = round % 4 == 0 ? Labels.of("zzz", "1") : EXTERNAL;
            var stored = new TreeMap<Labels, List<EncodedChunk>>();
            for (int i = random.nextInt(200); i > 0; i--) {
                var chunks = new ArrayList<EncodedChunk>();
                for (int c = 0; c < 3; c++) {
                    chunks.add(randomChunk(random, 100 * c));
                }
                stored.put(randomLabels(random), chunks);
            }
            var sent = new ByteArrayOutputStream();
            var writer = new StreamedWriter(sent, 4_000);
            var expected = new TreeMap<Labels, List<EncodedChunk>>();
            for (var entry : stored.entrySet()) {
                writer.series(0, external.overriddenBy(entry.getKey()), entry.getValue());
                expected.computeIfAbsent(entry.getKey().overriddenBy(external), _ -> new ArrayList<>())
                        .addAll(entry.getValue());
            }
            expected.values().forEach(chunks -> chunks.sort(java.util.Comparator.comparingLong(EncodedChunk::minMs)));
            boolean transientOnes = round % 2 == 0;
            PrometheusSource source = source(external, (_, out) -> {
                byte[] bytes = sent.toByteArray();
                for (int at = 0; at < bytes.length; ) {
                    int to = Math.min(bytes.length, at + 1 + random.nextInt(20_000));
                    chunk(out, bytes, at, to);
                    at = to;
                }
                end(out);
            });
            assertThat(read(source, transientOnes)).isEqualTo(listed(expected));
            stop();
        }
    }

    private static List<String> listed(TreeMap<Labels, List<EncodedChunk>> all) {
        var lines = new ArrayList<String>();
        all.forEach((labels, chunks) -> {
            lines.add(labels.toString());
            chunks.stream().map(LiveSeriesSetTest::text).forEach(lines::add);
        });
        return lines;
    }

    private static String text(EncodedChunk chunk) {
        return chunk + " " + java.util.Arrays.hashCode(chunk.copyBytes());
    }

    private static List<String> read(PrometheusSource source, boolean transientOnes) {
        var kept = new ArrayList<ChunkSeries>();
        var lines = new ArrayList<String>();
        try (SeriesSet set = source.select(ANY, QueryContext.unlimited())) {
            Series series;
            while ((series = transientOnes ? set.nextTransient() : set.next()) != null) {
                if (series instanceof ChunkSeries own && !transientOnes) {
                    kept.add(own);
                } else {
                    append(lines, (ChunkedSeries) series);
                }
            }
        }
        kept.forEach(series -> append(lines, series));
        return lines;
    }

    private static void append(List<String> lines, ChunkedSeries series) {
        lines.add(series.labels().toString());
        if (series.isPlain()) {
            series.visit((encoding, minMs, maxMs, bytes, offset, length) ->
                    lines.add(text(new EncodedChunk(encoding, minMs, maxMs, bytes, offset, length))));
        } else {
            series.chunks().forEach(chunk -> lines.add(text((EncodedChunk) chunk)));
        }
    }

    private static byte[] frames(int count) throws IOException {
        var sent = new ByteArrayOutputStream();
        var writer = new StreamedWriter(sent, 1 << 20);
        for (int i = 0; i < count; i++) {
            writer.series(
                    0,
                    EXTERNAL.overriddenBy(Labels.of("__name__", "m%05d".formatted(i))),
                    List.of(new EncodedChunk(ChunkEncoding.XOR, 0, 9, new byte[500])));
        }
        return sent.toByteArray();
    }

    @Test
    void prometheusGoesAway_inTheMiddle_isAnUnavailableStore() throws Exception {
        byte[] bytes = frames(1_000);
        for (int sentBytes : new int[] {2, 400_000, bytes.length - 1, bytes.length}) {
            PrometheusSource source = source(EXTERNAL, (connection, out) -> {
                chunk(out, bytes, 0, sentBytes / 2);
                chunk(out, bytes, sentBytes / 2, sentBytes);
                connection.shutdownOutput();
            });
            assertThatThrownBy(() -> read(source, true))
                    .as("after %d bytes", sentBytes)
                    .isInstanceOfSatisfying(
                            QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.STORE_UNAVAILABLE))
                    .hasMessageContaining("prometheus http://127.0.0.1:")
                    .hasMessageContaining("remote read broke off");
            stop();
        }
    }

    /// Answers with some series and then no more; says when the request has ended.
    private PrometheusSource endless(CompletableFuture<Integer> gone) throws Exception {
        byte[] bytes = frames(10);
        return source(EXTERNAL, (connection, out) -> {
            chunk(out, bytes, 0, bytes.length);
            gone.complete(connection.getInputStream().read());
        });
    }

    @Test
    void query_cancelled_endsTheRequest() throws Exception {
        var gone = new CompletableFuture<Integer>();
        PrometheusSource source = endless(gone);
        var context = QueryContext.unlimited();
        try (SeriesSet set = source.select(ANY, context)) {
            assertThat(set.nextTransient()).isNotNull();
            Thread canceller = Thread.startVirtualThread(context::cancel);
            assertThatThrownBy(() -> {
                        while (set.nextTransient() != null) {
                            // up to where the server sends no more
                        }
                    })
                    .isInstanceOfSatisfying(
                            QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CANCELLED));
            assertThat(gone.get(1, TimeUnit.MINUTES)).isEqualTo(-1);
            canceller.join();
        }
        assertThat(context.bytesHeld()).isZero();
    }

    @Test
    void set_closedEarly_endsTheRequest() throws Exception {
        var gone = new CompletableFuture<Integer>();
        PrometheusSource source = endless(gone);
        var context = QueryContext.unlimited();
        try (SeriesSet set = source.select(ANY, context)) {
            assertThat(set.next()).isNotNull();
        }
        assertThat(gone.get(1, TimeUnit.MINUTES)).isEqualTo(-1);
        assertThat(context.bytesHeld()).isZero();
    }

    @Test
    void silentPrometheus_deadlinePasses_isATimeout() throws Exception {
        var end = new CompletableFuture<Integer>();
        PrometheusSource source = source(
                EXTERNAL,
                (connection, _) -> end.complete(connection.getInputStream().read()));
        var context = new QueryContext(50_000_000, Long.MAX_VALUE, QueryContext.PartialResponse.WARN);
        assertThatThrownBy(() -> {
                    try (SeriesSet set = source.select(ANY, context)) {
                        set.next();
                    }
                })
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TIMED_OUT));
        assertThat(end.get(1, TimeUnit.MINUTES)).isEqualTo(-1);
    }
}
