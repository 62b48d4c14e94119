package io.meridian.sidecar;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `thanos.shipper.json`: which local blocks are in the bucket. Prometheus reads it, too, where it delays compaction
/// until blocks are uploaded; so it is replaced in one step and never missing.
final class UploadRecord {
    private static final Logger log = LoggerFactory.getLogger(UploadRecord.class);
    private static final int VERSION = 1;

    private final Path file;

    UploadRecord(Path file) {
        this.file = file;
    }

    /// The ids on record; none if the file is missing, unreadable or of another version, because it only saves
    /// requests.
    Set<BlockId> read() {
        var uploaded = new LinkedHashSet<BlockId>();
        try {
            var document = Json.parseObject(Files.readString(file, StandardCharsets.UTF_8));
            long version = Json.asLong(document.get("version"), "version");
            if (version != VERSION) {
                log.warn("{} has version {}, not {}: starting with an empty record", file, version, VERSION);
                return uploaded;
            }
            Object ids = document.get("uploaded");
            if (ids != null) {
                for (Object id : Json.asArray(ids, "uploaded")) {
                    uploaded.add(BlockId.parse(Json.asString(id, "uploaded id")));
                }
            }
        } catch (NoSuchFileException e) {
            return uploaded;
        } catch (IOException | JsonException | IllegalArgumentException e) {
            log.warn("{} cannot be read, starting with an empty record", file, e);
            uploaded.clear();
        }
        return uploaded;
    }

    void write(Collection<BlockId> uploaded) throws IOException {
        var document = new LinkedHashMap<String, @Nullable Object>();
        document.put("version", VERSION);
        List<String> ids = new ArrayList<>();
        uploaded.forEach(id -> ids.add(id.toString()));
        document.put("uploaded", ids.isEmpty() ? null : ids);
        // Not forced to the disk: a record that a failure of power takes away costs requests, no block.
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(fresh, JsonWriter.indented(document) + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
