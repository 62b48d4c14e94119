package io.meridian.compactor;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonWriter;
import io.meridian.tsdb.block.BlockId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Changes one thing in a meta.json or a mark: a value of any type in any place, a member too few, a text that is none.
final class RandomMetas {
    private static final long HOUR = CompactorHarness.HOUR;
    private static final List<String> VALUES = List.of(
            "-1",
            "0",
            "1",
            "2",
            "null",
            "\"\"",
            "\"x\"",
            "[]",
            "{}",
            "true",
            "9223372036854775807",
            "-9223372036854775808",
            "99999999999999999999",
            "1e400",
            "1.5",
            "300000",
            "3600000",
            "[null]",
            "[[]]",
            "[\"000001\"]",
            "[\"000009\"]",
            "[{\"rel_path\":\"chunks/000077\",\"size_bytes\":5}]",
            "[{\"rel_path\":\"index\",\"size_bytes\":5}]",
            "{\"cluster\":\"b\"}",
            "{\"a\":1}",
            "\"../../x\"",
            "\"\\ud800\"",
            "\"compactor\"",
            "\"2999-01-01T00:00:00Z\"");

    private RandomMetas() {}

    /// One value, and how to take its place.
    private record Place(String path, Consumer<@Nullable Object> set, Runnable remove) {}

    /// @return what was done, and the new document
    static Map.Entry<String, byte[]> change(byte[] json, List<BlockId> ids, RandomGenerator random) {
        String text = new String(json, StandardCharsets.UTF_8);
        int way = random.nextInt(20);
        if (way == 0) {
            int end = random.nextInt(text.length());
            return Map.entry("cut at " + end, bytes(text.substring(0, end)));
        }
        if (way == 1) {
            int at = random.nextInt(text.length());
            String changed = text.substring(0, at) + (char) (32 + random.nextInt(90)) + text.substring(at + 1);
            return Map.entry("letter at " + at, bytes(changed));
        }
        if (way == 2) {
            return Map.entry("padded", bytes("{\"pad\":\"" + "x".repeat(3_000_000) + "\"," + text.substring(1)));
        }
        var root = Json.parseObject(text);
        if (way < 7 && root.get("minTime") instanceof Number min && root.get("maxTime") instanceof Number max) {
            long[] shifts = {-HOUR, HOUR, 2 * HOUR, -2 * HOUR, 6 * HOUR, -60_000, 60_000, 0, 1L << 50, -(1L << 50)};
            long from = shifts[random.nextInt(shifts.length)];
            long to = shifts[random.nextInt(shifts.length)];
            root.put("minTime", min.longValue() + from);
            root.put("maxTime", max.longValue() + to);
            return Map.entry("times " + from + " " + to, bytes(JsonWriter.compact(root)));
        }
        if (way < 9 && root.get("compaction") instanceof Map<?, ?>) {
            var compaction = Json.asObject(root.get("compaction"), "compaction");
            int from = random.nextInt(ids.size());
            var sources = ids.subList(from, Math.min(ids.size(), from + 1 + random.nextInt(4)));
            compaction.put("sources", sources.stream().map(BlockId::toString).toList());
            root.put("compaction", compaction);
            return Map.entry("sources " + sources, bytes(JsonWriter.compact(root)));
        }
        var places = new ArrayList<Place>();
        Object copy = mutable(root);
        collect("", copy, places);
        var place = places.get(random.nextInt(places.size()));
        if (random.nextInt(5) == 0) {
            place.remove().run();
            return Map.entry("without " + place.path(), bytes(JsonWriter.compact(copy)));
        }
        String value = random.nextInt(8) == 0
                ? "\"" + ids.get(random.nextInt(ids.size())) + "\""
                : VALUES.get(random.nextInt(VALUES.size()));
        String mark = "the new value";
        place.set().accept(mark);
        String changed = JsonWriter.compact(copy).replace("\"" + mark + "\"", value);
        return Map.entry(place.path() + " = " + value, bytes(changed));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Object mutable(@Nullable Object json) {
        if (json instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((key, value) -> copy.put(String.valueOf(key), mutable(value)));
            return copy;
        }
        if (json instanceof List<?> list) {
            var copy = new ArrayList<@Nullable Object>();
            list.forEach(element -> copy.add(mutable(element)));
            return copy;
        }
        return json;
    }

    @SuppressWarnings("unchecked")
    private static void collect(String path, @Nullable Object json, List<Place> places) {
        if (json instanceof Map<?, ?>) {
            var map = (Map<String, @Nullable Object>) json;
            for (String key : map.keySet()) {
                places.add(new Place(path + "." + key, value -> map.put(key, value), () -> map.remove(key)));
                collect(path + "." + key, map.get(key), places);
            }
        } else if (json instanceof List<?>) {
            var list = (List<@Nullable Object>) json;
            for (int i = 0; i < list.size(); i++) {
                int at = i;
                places.add(new Place(path + "[" + i + "]", value -> list.set(at, value), () -> list.remove(at)));
                collect(path + "[" + i + "]", list.get(i), places);
            }
        }
    }
}
