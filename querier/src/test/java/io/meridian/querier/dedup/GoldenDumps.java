package io.meridian.querier.dedup;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Spans;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.json.Json;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The golden block storage data, as far as deduplication needs it.
final class GoldenDumps {
    private GoldenDumps() {}

    /// Series of a dump of samples, in label order.
    static Map<Labels, SampleBuffer> samples(Path dump) {
        var series = new TreeMap<Labels, SampleBuffer>();
        for (var row : Shared.jsonLines(dump)) {
            var buffer = new SampleBuffer();
            for (Object element : Json.asArray(row.get("samples"), "samples")) {
                List<@Nullable Object> sample = Json.asArray(element, "sample");
                long time = Json.asLong(sample.get(0), "time");
                if (sample.get(1) instanceof String bits) {
                    buffer.append(time, number(bits));
                } else {
                    buffer.append(time, histogram(Json.asObject(sample.get(1), "histogram")));
                }
            }
            series.put(labels(row), buffer);
        }
        return series;
    }

    /// Series of a block with their stored chunks, external labels added.
    ///
    /// @param name of the block's folder below `blocks`
    static List<ChunkSeries> chunks(String name, Labels externalLabels) throws IOException {
        Path storage = Shared.require("golden/storage");
        Path folder;
        try (var folders = Files.list(storage.resolve("blocks").resolve(name))) {
            folder = folders.findFirst().orElseThrow();
        }
        byte[] segment = Files.readAllBytes(folder.resolve("chunks/000001"));
        var all = new ArrayList<ChunkSeries>();
        Path dump = storage.resolve("dumps/blocks/" + name.replace("/", "__") + ".series.jsonl.gz");
        for (var row : Shared.jsonLines(dump)) {
            var chunks = new ArrayList<Chunk>();
            for (Object element : Json.asArray(row.get("chunks"), "chunks")) {
                chunks.add(chunk(Json.asObject(element, "chunk"), segment));
            }
            all.add(new ChunkSeries(labels(row).overriddenBy(externalLabels), chunks));
        }
        return all;
    }

    private static Chunk chunk(Map<String, @Nullable Object> row, byte[] segment) {
        int length = (int) Json.asLong(row.get("len"), "len");
        int offset = (int) Json.asLong(row.get("ref"), "ref");
        while (segment[offset++] < 0) {
            // the length, a varint
        }
        return new EncodedChunk(
                ChunkEncoding.ofId((int) Json.asLong(row.get("enc_id"), "enc_id")),
                Json.asLong(row.get("mint"), "mint"),
                Json.asLong(row.get("maxt"), "maxt"),
                segment,
                offset + 1,
                length);
    }

    private static Labels labels(Map<String, @Nullable Object> row) {
        var labels = new LinkedHashMap<String, String>();
        for (Object element : Json.asArray(row.get("labels"), "labels")) {
            List<@Nullable Object> pair = Json.asArray(element, "label");
            labels.put(Json.asString(pair.get(0), "name"), Json.asString(pair.get(1), "value"));
        }
        return Labels.of(labels);
    }

    private static FloatHistogram histogram(Map<String, @Nullable Object> row) {
        var hint =
                CounterResetHint.valueOf(Json.asString(row.get("hint"), "hint").toUpperCase(Locale.ROOT));
        int schema = (int) Json.asLong(row.get("schema"), "schema");
        double zeroThreshold = number(Json.asString(row.get("zt"), "zt"));
        double sum = number(Json.asString(row.get("sum"), "sum"));
        Spans positive = spans(row.get("ps"));
        Spans negative = spans(row.get("ns"));
        double[] custom = row.containsKey("cv") ? numbers(row.get("cv")) : new double[0];
        if ("float".equals(row.get("k"))) {
            return new FloatHistogram(
                    hint,
                    schema,
                    zeroThreshold,
                    number(Json.asString(row.get("zc"), "zc")),
                    number(Json.asString(row.get("count"), "count")),
                    sum,
                    positive,
                    numbers(row.get("pb")),
                    negative,
                    numbers(row.get("nb")),
                    custom);
        }
        return new Histogram(
                        hint,
                        schema,
                        zeroThreshold,
                        Json.asLong(row.get("zc"), "zc"),
                        Json.asLong(row.get("count"), "count"),
                        sum,
                        positive,
                        integers(row.get("pb")),
                        negative,
                        integers(row.get("nb")),
                        custom)
                .toFloat();
    }

    private static double number(String bits) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
    }

    private static double[] numbers(@Nullable Object list) {
        return Json.asArray(list, "numbers").stream()
                .mapToDouble(bits -> number(Json.asString(bits, "number")))
                .toArray();
    }

    private static long[] integers(@Nullable Object list) {
        return Json.asArray(list, "integers").stream()
                .mapToLong(number -> Json.asLong(number, "integer"))
                .toArray();
    }

    private static Spans spans(@Nullable Object list) {
        return Spans.of(Json.asArray(list, "spans").stream()
                .flatMap(span -> Json.asArray(span, "span").stream())
                .mapToInt(number -> (int) Json.asLong(number, "span"))
                .toArray());
    }
}
