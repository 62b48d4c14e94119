package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Utf8;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A small object beside a block that says what must happen to it, or must not.
///
/// @param details     for people; may be empty
/// @param timeSeconds seconds since the epoch
/// @param reason      why; `""` for a deletion
public record BlockMark(Kind kind, BlockId id, String details, long timeSeconds, String reason) {
    public static final String REASON_MANUAL = "manual";
    public static final String REASON_INDEX_SIZE = "index-size-exceeding";
    public static final String REASON_OUT_OF_ORDER_CHUNK = "block-index-out-of-order-chunk";

    private static final int VERSION = 1;

    /// What a mark says, the object that holds it, and the member that has its time.
    public enum Kind {
        DELETION("deletion-mark.json", "deletion_time"),
        NO_COMPACT("no-compact-mark.json", "no_compact_time"),
        NO_DOWNSAMPLE("no-downsample-mark.json", "no_downsample_time");

        private final String file;
        private final String timeMember;

        Kind(String file, String timeMember) {
            this.file = file;
            this.timeMember = timeMember;
        }

        /// Name of the object below the block's folder.
        public String file() {
            return file;
        }

        /// The kind whose object has this name, or null.
        public static @Nullable Kind ofFile(String file) {
            for (Kind kind : values()) {
                if (kind.file.equals(file)) {
                    return kind;
                }
            }
            return null;
        }
    }

    public static BlockMark deletion(BlockId id, String details, long timeSeconds) {
        return new BlockMark(Kind.DELETION, id, details, timeSeconds, "");
    }

    /// @throws CorruptDataException if the bytes are not such a mark, or of another version
    public static BlockMark parse(Kind kind, String resource, byte[] json) {
        try {
            Map<String, @Nullable Object> in = Json.asObject(Json.parse(json), kind.file);
            long version = number(in, "version");
            if (version != VERSION) {
                throw new JsonException("version: expected=" + VERSION + ", actual=" + version);
            }
            return new BlockMark(
                    kind,
                    BlockId.parse(string(in, "id")),
                    string(in, "details"),
                    number(in, kind.timeMember),
                    string(in, "reason"));
        } catch (JsonException | IllegalArgumentException e) {
            throw new CorruptDataException(resource, -1, String.valueOf(e.getMessage()));
        }
    }

    private static String string(Map<String, @Nullable Object> in, String key) {
        Object value = in.get(key);
        return value == null ? "" : Json.asString(value, key);
    }

    private static long number(Map<String, @Nullable Object> in, String key) {
        Object value = in.get(key);
        return value == null ? 0 : Json.asLong(value, key);
    }

    /// Compact, without a final newline, as Thanos writes it.
    public byte[] encode() {
        var out = new LinkedHashMap<String, @Nullable Object>();
        out.put("id", id.toString());
        out.put("version", VERSION);
        if (!details.isEmpty()) {
            out.put("details", details);
        }
        out.put(kind.timeMember, timeSeconds);
        if (kind != Kind.DELETION) {
            out.put("reason", reason);
        }
        return Utf8.encode(JsonWriter.compact(out));
    }
}
