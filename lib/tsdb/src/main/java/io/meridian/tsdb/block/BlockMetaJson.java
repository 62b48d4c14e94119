package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import io.meridian.tsdb.block.BlockMeta.Compaction;
import io.meridian.tsdb.block.BlockMeta.FileEntry;
import io.meridian.tsdb.block.BlockMeta.Hash;
import io.meridian.tsdb.block.BlockMeta.IndexStats;
import io.meridian.tsdb.block.BlockMeta.Parent;
import io.meridian.tsdb.block.BlockMeta.Stats;
import io.meridian.tsdb.block.BlockMeta.Thanos;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `meta.json` from and to its text: members in Go's order, those that Go omits left out.
final class BlockMetaJson {
    private BlockMetaJson() {}

    static BlockMeta parse(String resource, byte[] json) {
        try {
            return meta(new Members(Json.asObject(Json.parse(json), "meta.json"), ""));
        } catch (JsonException | IllegalArgumentException e) {
            throw new CorruptDataException(resource, -1, String.valueOf(e.getMessage()));
        }
    }

    /// The members of an object that were not taken yet. A null counts as absent, as for Go.
    private static final class Members {
        private final Map<String, @Nullable Object> left;
        private final String path;

        Members(Map<String, @Nullable Object> members, String path) {
            this.left = new LinkedHashMap<>(members);
            this.path = path;
        }

        long number(String key) {
            Object value = left.remove(key);
            return value == null ? 0 : Json.asLong(value, path + key);
        }

        int smallNumber(String key) {
            long value = number(key);
            if (value != (int) value) {
                throw new JsonException(path + key + ": out of bounds: " + value);
            }
            return (int) value;
        }

        String string(String key) {
            Object value = left.remove(key);
            return value == null ? "" : Json.asString(value, path + key);
        }

        boolean flag(String key) {
            Object value = left.remove(key);
            if (value == null || value instanceof Boolean) {
                return Boolean.TRUE.equals(value);
            }
            throw new JsonException(path + key + ": expected a boolean");
        }

        List<@Nullable Object> list(String key) {
            Object value = left.remove(key);
            return value == null ? List.of() : Json.asArray(value, path + key);
        }

        List<String> strings(String key) {
            var strings = new ArrayList<String>();
            for (Object element : list(key)) {
                strings.add(Json.asString(element, path + key));
            }
            return strings;
        }

        Members object(String key) {
            Object value = left.remove(key);
            return new Members(value == null ? Map.of() : Json.asObject(value, path + key), path + key + ".");
        }

        @Nullable
        Object any(String key) {
            return left.remove(key);
        }

        Map<String, @Nullable Object> unknown() {
            return left;
        }
    }

    private static BlockMeta meta(Members in) {
        long version = in.number("version");
        if (version != BlockMeta.VERSION) {
            throw new JsonException("version: expected=" + BlockMeta.VERSION + ", actual=" + version);
        }
        BlockId id = BlockId.parse(in.string("ulid"));
        long minTime = in.number("minTime");
        long maxTime = in.number("maxTime");
        Stats stats = stats(in.object("stats"));
        Compaction compaction = compaction(in.object("compaction"));
        boolean isPlain = in.left.get("thanos") == null;
        Thanos thanos = isPlain ? Thanos.EMPTY : thanos(in.object("thanos"));
        in.left.remove("thanos");
        return new BlockMeta(id, minTime, maxTime, stats, compaction, thanos, isPlain, in.unknown());
    }

    private static Stats stats(Members in) {
        return new Stats(
                in.number("numSamples"),
                in.number("numFloatSamples"),
                in.number("numHistogramSamples"),
                in.number("numSeries"),
                in.number("numChunks"),
                in.number("numTombstones"),
                in.unknown());
    }

    private static Compaction compaction(Members in) {
        int level = in.smallNumber("level");
        var sources = in.strings("sources").stream().map(BlockId::parse).toList();
        var parents = new ArrayList<Parent>();
        for (Object element : in.list("parents")) {
            var parent = new Members(Json.asObject(element, "compaction.parents"), "compaction.parents.");
            parents.add(new Parent(
                    BlockId.parse(parent.string("ulid")), parent.number("minTime"), parent.number("maxTime")));
        }
        return new Compaction(
                level, sources, in.flag("deletable"), parents, in.flag("failed"), in.strings("hints"), in.unknown());
    }

    private static Thanos thanos(Members in) {
        var labels = Labels.empty().toBuilder();
        in.object("labels").unknown().forEach((name, value) -> labels.set(name, Json.asString(value, "thanos.labels")));
        String uploadTime = in.string("upload_time");
        return new Thanos(
                in.smallNumber("version"),
                labels.build(),
                in.object("downsample").number("resolution"),
                in.string("source"),
                in.strings("segment_files"),
                files(in.list("files")),
                in.list("rewrites"),
                indexStats(in.object("index_stats")),
                in.any("extensions"),
                uploadTime.isEmpty() ? Thanos.TIME_UNSET : uploadTime,
                in.unknown());
    }

    private static List<FileEntry> files(List<@Nullable Object> elements) {
        var files = new ArrayList<FileEntry>();
        for (Object element : elements) {
            var in = new Members(Json.asObject(element, "thanos.files"), "thanos.files.");
            var hash = in.object("hash");
            String function = hash.string("hashFunc");
            files.add(new FileEntry(
                    in.string("rel_path"),
                    in.number("size_bytes"),
                    function.isEmpty() ? null : new Hash(function, hash.string("value"))));
        }
        return files;
    }

    private static IndexStats indexStats(Members in) {
        return new IndexStats(in.number("series_max_size"), in.number("chunk_max_size"));
    }

    static byte[] encode(BlockMeta meta) {
        var out = new LinkedHashMap<String, @Nullable Object>();
        out.put("ulid", meta.id().toString());
        out.put("minTime", meta.minTimeMs());
        out.put("maxTime", meta.maxTimeMs());
        out.put("stats", encode(meta.stats()));
        out.put("compaction", encode(meta.compaction()));
        out.put("version", BlockMeta.VERSION);
        if (!meta.isPlain()) {
            out.put("thanos", encode(meta.thanos()));
        }
        out.putAll(meta.unknown());
        return Utf8.encode(JsonWriter.indented(out) + (meta.isPlain() ? "" : "\n"));
    }

    private static Map<String, @Nullable Object> encode(Stats stats) {
        var out = new LinkedHashMap<String, @Nullable Object>();
        putUnlessZero(out, "numSamples", stats.numSamples());
        putUnlessZero(out, "numFloatSamples", stats.numFloatSamples());
        putUnlessZero(out, "numHistogramSamples", stats.numHistogramSamples());
        putUnlessZero(out, "numSeries", stats.numSeries());
        putUnlessZero(out, "numChunks", stats.numChunks());
        putUnlessZero(out, "numTombstones", stats.numTombstones());
        out.putAll(stats.unknown());
        return out;
    }

    private static Map<String, @Nullable Object> encode(Compaction compaction) {
        var out = new LinkedHashMap<String, @Nullable Object>();
        out.put("level", compaction.level());
        putUnlessEmpty(
                out,
                "sources",
                compaction.sources().stream().map(BlockId::toString).toList());
        if (compaction.deletable()) {
            out.put("deletable", true);
        }
        putUnlessEmpty(
                out,
                "parents",
                compaction.parents().stream().map(BlockMetaJson::encode).toList());
        if (compaction.failed()) {
            out.put("failed", true);
        }
        putUnlessEmpty(out, "hints", compaction.hints());
        out.putAll(compaction.unknown());
        return out;
    }

    private static Map<String, @Nullable Object> encode(Parent parent) {
        var out = new LinkedHashMap<String, @Nullable Object>();
        out.put("ulid", parent.id().toString());
        out.put("minTime", parent.minTimeMs());
        out.put("maxTime", parent.maxTimeMs());
        return out;
    }

    private static Map<String, @Nullable Object> encode(Thanos thanos) {
        var out = new LinkedHashMap<String, @Nullable Object>();
        putUnlessZero(out, "version", thanos.version());
        var labels = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < thanos.labels().size(); i++) {
            labels.put(thanos.labels().name(i), thanos.labels().value(i));
        }
        out.put("labels", labels);
        out.put("downsample", Map.of("resolution", thanos.resolutionMs()));
        out.put("source", thanos.source());
        putUnlessEmpty(out, "segment_files", thanos.segmentFiles());
        putUnlessEmpty(
                out, "files", thanos.files().stream().map(BlockMetaJson::encode).toList());
        putUnlessEmpty(out, "rewrites", thanos.rewrites());
        var indexStats = new LinkedHashMap<String, @Nullable Object>();
        putUnlessZero(indexStats, "series_max_size", thanos.indexStats().seriesBytesMax());
        putUnlessZero(indexStats, "chunk_max_size", thanos.indexStats().chunkBytesMax());
        out.put("index_stats", indexStats);
        if (thanos.extensions() != null) {
            out.put("extensions", thanos.extensions());
        }
        out.put("upload_time", thanos.uploadTime());
        out.putAll(thanos.unknown());
        return out;
    }

    private static Map<String, @Nullable Object> encode(FileEntry file) {
        var out = new LinkedHashMap<String, @Nullable Object>();
        out.put("rel_path", file.path());
        putUnlessZero(out, "size_bytes", file.sizeBytes());
        if (file.hash() != null) {
            var hash = new LinkedHashMap<String, @Nullable Object>();
            hash.put("hashFunc", file.hash().function());
            hash.put("value", file.hash().value());
            out.put("hash", hash);
        }
        return out;
    }

    private static void putUnlessZero(Map<String, @Nullable Object> out, String key, long value) {
        if (value != 0) {
            out.put(key, value);
        }
    }

    private static void putUnlessEmpty(
            Map<String, @Nullable Object> out, String key, List<? extends @Nullable Object> list) {
        if (!list.isEmpty()) {
            out.put(key, list);
        }
    }

    static @Nullable Instant instantOrNull(String text) {
        try {
            return text.equals(Thanos.TIME_UNSET)
                    ? null
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /// Go trims zeros at the end of the fraction, down to none.
    static String rfc3339(Instant time) {
        String seconds = Instant.ofEpochSecond(time.getEpochSecond()).toString();
        if (time.getNano() == 0) {
            return seconds;
        }
        String fraction = "%09d".formatted(time.getNano()).replaceAll("0+$", "");
        return seconds.substring(0, seconds.length() - 1) + "." + fraction + "Z";
    }
}
