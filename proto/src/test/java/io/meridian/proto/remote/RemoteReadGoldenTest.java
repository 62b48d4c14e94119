package io.meridian.proto.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.json.Json;
import io.meridian.testkit.SeededRandom;
import io.meridian.testkit.Shared;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Exchanges recorded from a real Prometheus 3.14.
class RemoteReadGoldenTest {
    private static List<Map<String, @Nullable Object>> exchanges() throws IOException {
        Path folder = Shared.require("golden/storage/remote-read");
        var all = new ArrayList<Map<String, @Nullable Object>>();
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                all.add(Json.parseObject(Files.readString(file)));
            }
        }
        return all;
    }

    private static byte[] bytes(@Nullable Object base64) {
        return base64 == null ? new byte[0] : Base64.getDecoder().decode(Json.asString(base64, "base64"));
    }

    private static String contentType(Map<String, @Nullable Object> exchange) {
        return String.valueOf(
                Json.asObject(exchange.get("response_headers"), "headers").get("Content-Type"));
    }

    private record ReadSeries(int queryIndex, Labels labels, List<Chunk> chunks) {}

    private static List<ReadSeries> readAll(byte[] body) throws IOException {
        var reader = new StreamedReader("recorded", new ByteArrayInputStream(body));
        var all = new ArrayList<ReadSeries>();
        while (reader.next()) {
            var series = reader.series(List.of(reader.part())).copy();
            all.add(new ReadSeries(reader.queryIndex(), series.labels(), series.chunks()));
        }
        return all;
    }

    @Test
    void streamedAnswers_holdWhatTheirSummariesSay_andAreWrittenAgainToTheByte() throws Exception {
        int compared = 0;
        for (Map<String, @Nullable Object> exchange : exchanges()) {
            if (!contentType(exchange).startsWith("application/x-streamed-protobuf")) {
                continue;
            }
            compared++;
            byte[] body = bytes(exchange.get("response_b64"));
            var lines = new ArrayList<String>();
            var again = new ByteArrayOutputStream();
            var writer = new StreamedWriter(again, Integer.MAX_VALUE);
            for (ReadSeries series : readAll(body)) {
                var line = new StringBuilder(series.queryIndex() + " " + pairs(series.labels()));
                var encoded = new ArrayList<EncodedChunk>();
                for (Chunk chunk : series.chunks()) {
                    EncodedChunk raw = (EncodedChunk) chunk;
                    encoded.add(raw);
                    line.append(" %d..%d %d %d"
                            .formatted(raw.minMs(), raw.maxMs(), raw.encoding().id(), raw.length()));
                    var samples = new SampleBuffer();
                    ChunkCodec.decode(raw, samples);
                    assertThat(samples.times()[0]).isEqualTo(raw.minMs());
                    assertThat(samples.times()[samples.size() - 1]).isEqualTo(raw.maxMs());
                }
                lines.add(line.toString());
                writer.series(series.queryIndex(), series.labels(), encoded);
            }
            assertThat(lines).as("%s", exchange.get("name")).isEqualTo(summary(exchange));
            assertThat(again.toByteArray()).as("%s", exchange.get("name")).isEqualTo(body);
        }
        assertThat(compared).isGreaterThan(10);
    }

    private static List<String> summary(Map<String, @Nullable Object> exchange) {
        var lines = new ArrayList<String>();
        var summary = Json.asObject(exchange.get("response_summary"), "summary");
        for (Object frame : Json.asArray(summary.get("frames"), "frames")) {
            var fields = Json.asObject(frame, "frame");
            for (Object series : Json.asArray(fields.get("series"), "series")) {
                var one = Json.asObject(series, "series");
                var line = new StringBuilder(fields.get("query_index") + " " + one.get("labels"));
                for (Object chunk : Json.asArray(one.get("chunks"), "chunks")) {
                    List<@Nullable Object> parts = Json.asArray(chunk, "chunk");
                    line.append(" %s..%s %s %s".formatted(parts.get(0), parts.get(1), parts.get(3), parts.get(4)));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }

    private static String pairs(Labels labels) {
        var pairs = new ArrayList<List<String>>();
        for (int i = 0; i < labels.size(); i++) {
            pairs.add(List.of(labels.name(i), labels.value(i)));
        }
        return pairs.toString();
    }

    @Test
    void sampledAnswers_holdWhatTheirSummariesSay() throws Exception {
        int compared = 0;
        for (Map<String, @Nullable Object> exchange : exchanges()) {
            if (!contentType(exchange).equals("application/x-protobuf")) {
                continue;
            }
            compared++;
            var expected = new ArrayList<String>();
            var summary = Json.asObject(exchange.get("response_summary"), "summary");
            for (Object result : Json.asArray(summary.get("results"), "results")) {
                expected.add("query");
                for (Object series : result == null ? List.of() : Json.asArray(result, "result")) {
                    var fields = Json.asObject(series, "series");
                    expected.add(fields.get("labels") + " " + fields.get("samples") + " " + fields.get("histograms"));
                }
            }
            var actual = new ArrayList<String>();
            for (var result : SampledReader.read(bytes(exchange.get("response_b64")))) {
                actual.add("query");
                for (var series : result) {
                    var samples = series.samples();
                    var column = samples.histograms();
                    int histograms = 0;
                    for (int i = 0; i < samples.size(); i++) {
                        histograms += column != null && column.isPresent(i) ? 1 : 0;
                    }
                    actual.add(pairs(series.labels()) + " " + (samples.size() - histograms) + " " + histograms);
                }
            }
            assertThat(actual).as("%s", exchange.get("name")).isEqualTo(expected);
        }
        assertThat(compared).isGreaterThan(10);
    }

    @Test
    void requests_areParsed_orRefusedAsPrometheusDoes() throws Exception {
        int parsed = 0;
        for (Map<String, @Nullable Object> exchange : exchanges()) {
            byte[] body = bytes(exchange.get("request_b64"));
            String name = String.valueOf(exchange.get("name"));
            if (!"POST".equals(exchange.get("method")) || name.endsWith("sample-limit-samples")) {
                continue;
            }
            if (Json.asLong(exchange.get("status"), "status") == 200) {
                RemoteRead.Request request = RemoteRead.parse(body);
                var decoded = exchange.get("request_decoded");
                if (decoded != null) {
                    var fields = Json.asObject(decoded, "request");
                    Object queries = fields.get("queries");
                    assertThat(request.queries())
                            .hasSize(
                                    queries == null
                                            ? 0
                                            : Json.asArray(queries, "queries").size());
                    parsed++;
                }
                assertThat(request.streamed()).isEqualTo(contentType(exchange).contains("streamed"));
            } else if (!name.equals("error-empty-body")) {
                assertThatThrownBy(() -> RemoteRead.parse(body))
                        .as(name)
                        .isInstanceOfAny(CorruptDataException.class, IllegalArgumentException.class);
            }
        }
        assertThat(parsed).isGreaterThan(20);
    }

    @Test
    void request_written_isReadAgain() {
        var selection = new Selection(
                List.of(
                        io.meridian.model.LabelMatcher.equal("a", "\uDCFFb"),
                        io.meridian.model.LabelMatcher.of(io.meridian.model.LabelMatcher.Type.NOT_REGEX, "c", "x.*|y")),
                new io.meridian.model.TimeRange(-5, 77));
        var parsed = RemoteRead.parse(RemoteRead.request(selection));
        assertThat(parsed.streamed()).isTrue();
        assertThat(parsed.queries()).containsExactly(selection);
    }

    @Test
    void streamedAnswer_damaged_isCorrupt_neverShort() throws Exception {
        var out = new ByteArrayOutputStream();
        var writer = new StreamedWriter(out, 100);
        var chunk = new EncodedChunk(
                io.meridian.model.chunk.ChunkEncoding.XOR,
                1,
                2,
                "some bytes of a chunk".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 5; i++) {
            writer.series(0, Labels.of("n", "v" + i), List.of(chunk, chunk, chunk, chunk, chunk));
        }
        byte[] whole = out.toByteArray();
        assertThat(readAll(whole)).hasSizeGreaterThan(5);
        var random = SeededRandom.create("streamedAnswer_damaged_isCorrupt_neverShort");
        for (int round = 0; round < 2000; round++) {
            byte[] broken = whole.clone();
            int at = random.nextInt(broken.length);
            broken[at] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> readAll(broken)).as("bit in byte %d", at).isInstanceOf(CorruptDataException.class);
        }
        byte[] withError = java.util.Arrays.copyOf(whole, whole.length + 9);
        System.arraycopy("an error\n".getBytes(StandardCharsets.UTF_8), 0, withError, whole.length, 9);
        assertThatThrownBy(() -> readAll(withError)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void messageDamagedUnderARightChecksum_isCorruptOrReadable() throws Exception {
        var out = new ByteArrayOutputStream();
        var chunk = new EncodedChunk(
                io.meridian.model.chunk.ChunkEncoding.XOR, 1, 2, "some bytes".getBytes(StandardCharsets.UTF_8));
        new StreamedWriter(out, 1 << 20).series(0, Labels.of("__name__", "a", "b", "c"), List.of(chunk, chunk));
        byte[] whole = out.toByteArray();
        assertThat((int) whole[0]).as("a length of one byte").isEqualTo(whole.length - 5);
        var random = SeededRandom.create("messageDamagedUnderARightChecksum_isCorruptOrReadable");
        for (int round = 0; round < 5_000; round++) {
            byte[] broken = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                broken[5 + random.nextInt(broken.length - 5)] = (byte) random.nextInt();
            }
            var crc = new java.util.zip.CRC32C();
            crc.update(broken, 5, broken.length - 5);
            java.nio.ByteBuffer.wrap(broken).putInt(1, (int) crc.getValue());
            try {
                for (ReadSeries series : readAll(broken)) {
                    assertThat(series.labels()).isEqualTo(Labels.of(asMap(series.labels())));
                }
            } catch (CorruptDataException damaged) {
                assertThat(damaged).hasMessageContaining("recorded");
            }
        }
    }

    private static Map<String, String> asMap(Labels labels) {
        var map = new java.util.HashMap<String, String>();
        for (int i = 0; i < labels.size(); i++) {
            map.put(labels.name(i), labels.value(i));
        }
        return map;
    }
}
