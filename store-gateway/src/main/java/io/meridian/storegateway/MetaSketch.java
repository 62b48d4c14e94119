package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Times and external labels out of a meta.json that is of no use otherwise, of a future version for example, so that
/// only those queries are warned that the block would have served.
final class MetaSketch {
    private MetaSketch() {}

    /// Null if it tells not even that, or is not about this block.
    static @Nullable BlockMeta read(BlockId id, byte[] json) {
        try {
            Map<String, @Nullable Object> meta = Json.asObject(Json.parse(json), "meta.json");
            if (!id.toString().equals(meta.get("ulid"))) {
                return null;
            }
            Map<String, @Nullable Object> thanos = Json.asObject(meta.get("thanos"), "thanos");
            var labels = new TreeMap<String, String>();
            for (var label : Json.asObject(thanos.get("labels"), "labels").entrySet()) {
                labels.put(label.getKey(), Json.asString(label.getValue(), label.getKey()));
            }
            Map<String, @Nullable Object> downsample = Json.asObject(thanos.get("downsample"), "downsample");
            return BlockMeta.of(
                    id,
                    Json.asLong(meta.get("minTime"), "minTime"),
                    Json.asLong(meta.get("maxTime"), "maxTime"),
                    BlockMeta.Stats.EMPTY,
                    new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                    new BlockMeta.Thanos(
                            Labels.of(labels), Json.asLong(downsample.get("resolution"), "resolution"), ""));
        } catch (JsonException | IllegalArgumentException e) {
            return null;
        }
    }
}
