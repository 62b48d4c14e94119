package io.meridian.storegateway;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Small objects of blocks (meta.json and marks), each with its version, in memory and in one local file, so that a
/// start reads only what changed. One file, because creating a thousand costs more than fetching them.
///
/// The file: `CRC32C of the rest <4b> · count <4b> · (key · version · length <4b> · bytes)…`, texts as Java's modified
/// UTF-8.
final class SmallObjectCache {
    private static final Logger log = LoggerFactory.getLogger(SmallObjectCache.class);
    private static final int CRC_LENGTH = 4;

    private record Entry(String version, ByteBuffer bytes) {}

    private final Bucket bucket;
    private final Path file;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private volatile boolean changed;

    /// Reads the file, if there is one; a damaged one counts as none.
    SmallObjectCache(Bucket bucket, Path file) {
        this.bucket = bucket;
        this.file = file;
        try {
            load(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            log.debug("nothing was kept in {}", file);
        } catch (IOException e) {
            log.warn("{} cannot be used and is made anew", file, e);
            entries.clear();
        }
    }

    private void load(byte[] stored) throws IOException {
        if (stored.length < CRC_LENGTH || ByteBuffer.wrap(stored).getInt() != crc(stored)) {
            throw new IOException("checksum mismatch: " + file);
        }
        var in = new DataInputStream(new ByteArrayInputStream(stored, CRC_LENGTH, stored.length - CRC_LENGTH));
        for (int left = in.readInt(); left > 0; left--) {
            String key = in.readUTF();
            String version = in.readUTF();
            entries.put(key, new Entry(version, ByteBuffer.wrap(in.readNBytes(in.readInt()))));
        }
    }

    /// The bytes of the listed object.
    byte[] read(ObjectInfo listed) throws IOException {
        String version = listed.version() + ' ' + listed.sizeBytes();
        Entry entry = entries.get(listed.key());
        if (entry == null || !entry.version().equals(version)) {
            entry = new Entry(version, ByteBuffer.wrap(bucket.readAll(listed.key())));
            entries.put(listed.key(), entry);
            changed = true;
        }
        return entry.bytes().array();
    }

    /// Forgets all others, and writes the file if something changed.
    void retain(Set<String> keys) {
        changed |= entries.keySet().retainAll(keys);
        if (!changed) {
            return;
        }
        try {
            Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(temporary, encoded());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            changed = false;
        } catch (IOException e) {
            log.warn("cannot keep the meta.json of blocks in {}", file, e);
        }
    }

    private byte[] encoded() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(0);
            Map<String, Entry> all = Map.copyOf(entries);
            out.writeInt(all.size());
            for (var entry : all.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue().version());
                byte[] content = entry.getValue().bytes().array();
                out.writeInt(content.length);
                out.write(content);
            }
        }
        byte[] whole = bytes.toByteArray();
        ByteBuffer.wrap(whole).putInt(crc(whole));
        return whole;
    }

    private static int crc(byte[] stored) {
        var crc = new CRC32C();
        crc.update(stored, CRC_LENGTH, stored.length - CRC_LENGTH);
        return (int) crc.getValue();
    }
}
