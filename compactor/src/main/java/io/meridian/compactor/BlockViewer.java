package io.meridian.compactor;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The bucket's blocks for people: as JSON like Thanos', and as a page that shows them on a time axis. Thread-safe.
final class BlockViewer {
    private static final String PAGE = "/io/meridian/compactor/blocks.html";

    private volatile List<BlockMeta> blocks = List.of();
    private volatile Instant refreshedAt = Instant.EPOCH;

    void update(List<BlockMeta> all, Instant now) {
        blocks = List.copyOf(all);
        refreshedAt = now;
    }

    /// The data of `/api/v1/blocks`.
    Map<String, @Nullable Object> toJson() throws JsonException {
        var metas = new ArrayList<@Nullable Object>();
        for (var meta : blocks) {
            metas.add(Json.parse(meta.encode()));
        }
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("label", "");
        json.put("blocks", metas);
        json.put("refreshedAt", refreshedAt.toString());
        json.put("err", null);
        return json;
    }

    /// @param paths where the page is shown
    void addRoutes(HttpEndpoint.Builder http, String... paths) {
        byte[] page = page();
        for (String path : paths) {
            http.get(path, exchange -> exchange.respond(200, "text/html; charset=utf-8", page));
        }
        http.get("/api/v1/blocks", exchange -> {
            try {
                var answer = new LinkedHashMap<String, @Nullable Object>();
                answer.put("status", "success");
                answer.put("data", toJson());
                exchange.respond(200, "application/json", JsonWriter.compact(answer));
            } catch (JsonException e) {
                throw new IOException(e);
            }
        });
    }

    static byte[] page() {
        try (var in = BlockViewer.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException("the page is not in this build: " + PAGE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
