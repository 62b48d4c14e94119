package io.meridian.querier.http;

import io.meridian.model.json.JsonWriter;
import io.meridian.querier.json.JsonOutput;
import io.meridian.querier.json.ResultWriter;
import io.meridian.server.flag.Flags;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What the querier says about itself: `/api/v1/stores` and `/api/v1/status/…`.
final class StatusEndpoints {
    private final Supplier<List<StoreStatus>> stores;
    private final Map<String, String> flags;
    private final Supplier<String> blocks;
    private final Instant started = Instant.now();

    /// @param flags  names without dashes, and their values
    /// @param blocks JSON of the blocks that cannot be read
    StatusEndpoints(Supplier<List<StoreStatus>> stores, Map<String, String> flags, Supplier<String> blocks) {
        this.stores = stores;
        this.flags = new TreeMap<>(flags);
        this.blocks = blocks;
    }

    void stores(Exchange exchange) throws IOException {
        var byType = new TreeMap<String, List<StoreStatus>>();
        stores.get()
                .forEach(store -> byType.computeIfAbsent(store.type(), _ -> new ArrayList<>())
                        .add(store));
        Envelope.success(exchange, out -> {
            out.raw('{');
            boolean first = true;
            for (var entry : byType.entrySet()) {
                out.raw(first ? "" : ",").string(entry.getKey()).raw(":[");
                first = false;
                for (int i = 0; i < entry.getValue().size(); i++) {
                    out.raw(i == 0 ? "" : ",");
                    write(out, entry.getValue().get(i));
                }
                out.raw(']');
            }
            out.raw('}');
        });
    }

    private static void write(JsonOutput out, StoreStatus store) throws IOException {
        out.raw("{\"name\":").string(store.name());
        out.raw(",\"lastCheck\":\"").raw(store.lastCheck().toString()).raw("\",\"lastError\":");
        if (store.lastError() == null) {
            out.raw("null");
        } else {
            out.string(store.lastError());
        }
        out.raw(",\"labelSets\":[");
        for (int i = 0; i < store.labelSets().size(); i++) {
            out.raw(i == 0 ? "" : ",");
            ResultWriter.labels(out, store.labelSets().get(i));
        }
        out.raw("],\"minTime\":").number(store.range().minMs());
        out.raw(",\"maxTime\":").number(store.range().maxMs()).raw('}');
    }

    void blocks(Exchange exchange) throws IOException {
        json(exchange, blocks.get());
    }

    void buildInfo(Exchange exchange) throws IOException {
        var info = new LinkedHashMap<String, Object>();
        info.put("version", Flags.Version.current());
        info.put("revision", "");
        info.put("branch", "");
        info.put("buildUser", "");
        info.put("buildDate", "");
        info.put("goVersion", "");
        json(exchange, JsonWriter.compact(info));
    }

    void runtimeInfo(Exchange exchange) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        var info = new LinkedHashMap<String, Object>();
        info.put("startTime", started.toString());
        info.put("CWD", System.getProperty("user.dir", ""));
        info.put("serverTime", Instant.now().toString());
        info.put("goroutineCount", Thread.activeCount());
        info.put("GOMAXPROCS", runtime.availableProcessors());
        info.put("GOMEMLIMIT", runtime.maxMemory());
        info.put("GOGC", "");
        info.put("GODEBUG", "");
        json(exchange, JsonWriter.compact(info));
    }

    void flags(Exchange exchange) throws IOException {
        json(exchange, JsonWriter.compact(flags));
    }

    /// An answer that is always the same.
    static ApiHandler constant(String data) {
        return exchange -> json(exchange, data);
    }

    private static void json(Exchange exchange, String data) throws IOException {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        Envelope.success(exchange, out -> out.raw(bytes));
    }
}
