package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.model.json.JsonWriter;
import io.meridian.server.http.Exchange;
import io.meridian.server.http.HttpHandler;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/api/v1/status/blocks`: what is served, and what should be and cannot, and why.
final class StatusBlocks implements HttpHandler {
    private final Supplier<CatalogSnapshot> catalog;

    StatusBlocks(Supplier<CatalogSnapshot> catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        exchange.respond(200, "application/json", json().getBytes(StandardCharsets.UTF_8));
    }

    String json() {
        return "{\"status\":\"success\",\"data\":" + data() + "}";
    }

    /// What is in the answer's `data`.
    String data() {
        CatalogSnapshot snapshot = catalog.get();
        List<@Nullable Object> served = new ArrayList<>();
        snapshot.blocks().values().stream()
                .sorted(java.util.Comparator.comparing(block -> block.meta().id()))
                .forEach(block -> served.add(entry(block.meta())));
        List<@Nullable Object> problems = new ArrayList<>();
        for (BlockProblem problem : snapshot.problems()) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            BlockMeta meta = problem.meta();
            if (meta == null) {
                entry.put("id", problem.id().toString());
            } else {
                entry.putAll(entry(meta));
            }
            entry.put("kind", problem.kind().name().toLowerCase(java.util.Locale.ROOT));
            entry.put("reason", problem.reason());
            problems.add(entry);
        }
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("blocks", served);
        data.put("problems", problems);
        return JsonWriter.compact(data);
    }

    private static Map<String, @Nullable Object> entry(BlockMeta meta) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("id", meta.id().toString());
        entry.put("labels", labels(meta.thanos().labels()));
        var range = new TimeRange(meta.minTimeMs(), meta.maxTimeMs());
        entry.put("minTime", range.minMs());
        entry.put("maxTime", range.maxMs());
        entry.put("resolution", meta.thanos().resolutionMs());
        return entry;
    }

    private static Map<String, @Nullable Object> labels(Labels labels) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            map.put(labels.name(i), labels.value(i));
        }
        return map;
    }
}
