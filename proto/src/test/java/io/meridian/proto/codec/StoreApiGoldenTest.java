package io.meridian.proto.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.json.Json;
import io.meridian.proto.wire.SeriesRequest;
import io.meridian.testkit.Shared;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Recorded answers of Thanos' servers: what they hold is what their summaries say, and writing it again gives the
/// same bytes.
class StoreApiGoldenTest {
    private record Received(Labels labels, List<Chunk> chunks) {}

    @ParameterizedTest
    @ValueSource(strings = {"sidecar", "store"})
    void recordedSeries_readAndWritten_areTheSameBytes(String target) throws Exception {
        int compared = 0;
        for (var call : Shared.jsonLines(Shared.require("golden/storage/storeapi/" + target + ".jsonl.gz"))) {
            if (!"/thanos.Store/Series".equals(call.get("method"))
                    || !"OK".equals(call.get("code"))
                    // These have chunks without any content, which are not kept.
                    || List.of("agg-5m-raw", "agg-5m-none").contains(call.get("name"))) {
                continue;
            }
            compared++;
            SeriesRequest request = SeriesRequest.parseFrom(decode(call.get("request_b64")));
            var frames = new ArrayList<byte[]>();
            var writer = new SeriesFrameWriter(
                    request.getSkipChunks()
                            ? Set.of()
                            : SeriesRequestCodec.selection(request).hints().aggregates(),
                    false,
                    request.getResponseBatchSize(),
                    Messages.into(frames));
            var received = new ArrayList<Received>();
            List<byte[]> recorded = messages(call);
            for (byte[] frame : recorded) {
                read(frame, received);
            }
            received.forEach(series -> writer.series(series.labels(), series.chunks()));
            writer.flush();
            assertThat(frames).as("%s", call.get("name")).hasSameSizeAs(recorded);
            for (int i = 0; i < frames.size(); i++) {
                assertThat(frames.get(i)).as("%s frame %d", call.get("name"), i).isEqualTo(recorded.get(i));
            }
            assertThat(summaryOf(received)).as("%s", call.get("name")).isEqualTo(summary(call));
        }
        assertThat(compared).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sidecar", "store"})
    void recordedShards_matchExactlyTheirSeries(String target) throws Exception {
        for (var call : Shared.jsonLines(Shared.require("golden/storage/storeapi/" + target + ".jsonl.gz"))) {
            if (!String.valueOf(call.get("name")).startsWith("shard-")) {
                continue;
            }
            SeriesRequest request = SeriesRequest.parseFrom(decode(call.get("request_b64")));
            var received = new ArrayList<Received>();
            for (byte[] frame : messages(call)) {
                read(frame, received);
            }
            var shard = SeriesRequestCodec.shard(request);
            assertThat(received).isNotEmpty().allMatch(series -> shard.matches(series.labels()));
            var other = SeriesRequestCodec.shard(request.toBuilder()
                    .setShardInfo(request.getShardInfo().toBuilder()
                            .setShardIndex(request.getShardInfo().getShardIndex() + 1))
                    .build());
            assertThat(received).noneMatch(series -> other.matches(series.labels()));
        }
    }

    @Test
    void recordedErrors_haveTheSameText() throws Exception {
        int compared = 0;
        for (var call : Shared.jsonLines(Shared.require("golden/storage/storeapi/store.jsonl.gz"))) {
            if ("/thanos.Store/Series".equals(call.get("method")) && "InvalidArgument".equals(call.get("code"))) {
                compared++;
                SeriesRequest request = SeriesRequest.parseFrom(decode(call.get("request_b64")));
                assertThatThrownBy(() -> SeriesRequestCodec.selection(request))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(
                                String.valueOf(call.get("message")).replaceAll(".*: (?=missing)", ""));
            }
        }
        assertThat(compared).isEqualTo(2);
    }

    private static void read(byte[] frame, List<Received> received) {
        new SeriesFrameReader("recorded").read(frame, 0, frame.length, new SeriesFrameReader.Sink() {
            @Override
            public void series(Labels labels, List<Chunk> chunks) {
                received.add(new Received(labels, chunks));
            }

            @Override
            public void warning(String text) {
                throw new IllegalStateException(text);
            }
        });
    }

    private static byte[] decode(@Nullable Object base64) {
        return Base64.getDecoder().decode(Json.asString(base64, "base64"));
    }

    private static List<byte[]> messages(Map<String, @Nullable Object> call) {
        Object all = call.get("responses_b64");
        return all == null
                ? List.of()
                : Json.asArray(all, "responses").stream()
                        .map(StoreApiGoldenTest::decode)
                        .toList();
    }

    /// Labels and times, as the recording sums them up.
    private static List<String> summary(Map<String, @Nullable Object> call) {
        var lines = new ArrayList<String>();
        Object all = call.get("responses");
        if (all == null) {
            return lines;
        }
        for (Object frame : Json.asArray(all, "responses")) {
            var object = Json.asObject(frame, "frame");
            List<@Nullable Object> series =
                    object.containsKey("batch") ? Json.asArray(object.get("batch"), "batch") : new ArrayList<>();
            if (object.containsKey("series")) {
                series.add(object.get("series"));
            }
            for (Object one : series) {
                var fields = Json.asObject(one, "series");
                var line = new StringBuilder(String.valueOf(fields.get("labels")));
                for (Object chunk : Json.asArray(fields.get("chunks"), "chunks")) {
                    List<@Nullable Object> parts = Json.asArray(chunk, "chunk");
                    line.append(' ').append(parts.get(0)).append("..").append(parts.get(1));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }

    private static List<String> summaryOf(List<Received> received) {
        var lines = new ArrayList<String>();
        for (Received series : received) {
            var pairs = new ArrayList<List<String>>();
            for (int i = 0; i < series.labels().size(); i++) {
                pairs.add(List.of(series.labels().name(i), series.labels().value(i)));
            }
            var line = new StringBuilder(String.valueOf(pairs));
            series.chunks()
                    .forEach(chunk ->
                            line.append(' ').append(chunk.minMs()).append("..").append(chunk.maxMs()));
            lines.add(line.toString());
        }
        return lines;
    }
}
