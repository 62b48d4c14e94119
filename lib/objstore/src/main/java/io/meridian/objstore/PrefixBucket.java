package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// The part of a bucket below a prefix, with keys as if that were all.
public final class PrefixBucket implements Bucket {
    private final Bucket bucket;
    private final String prefix;

    /// @param prefix with or without slashes around it; not empty
    public PrefixBucket(Bucket bucket, String prefix) {
        this.bucket = bucket;
        this.prefix = trimSlashes(prefix) + "/";
        if (this.prefix.equals("/")) {
            throw new IllegalArgumentException("empty prefix");
        }
    }

    static String trimSlashes(String prefix) {
        int from = 0;
        int to = prefix.length();
        while (from < to && prefix.charAt(from) == '/') {
            from++;
        }
        while (to > from && prefix.charAt(to - 1) == '/') {
            to--;
        }
        return prefix.substring(from, to);
    }

    @Override
    public String name() {
        return bucket.name() + "/" + prefix.substring(0, prefix.length() - 1);
    }

    @Override
    public boolean isLocal() {
        return bucket.isLocal();
    }

    @Override
    public void list(String below, Consumer<ObjectInfo> visitor) throws IOException {
        bucket.list(prefix + below, info -> visitor.accept(outside(info)));
    }

    private ObjectInfo outside(ObjectInfo info) {
        return new ObjectInfo(
                info.key().substring(prefix.length()), info.sizeBytes(), info.lastModifiedMs(), info.version());
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        return outside(bucket.stat(inside(key)));
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        return bucket.read(inside(key), offset, length, arena);
    }

    @Override
    public byte[] readBytes(String key, long offset, int length) throws IOException {
        return bucket.readBytes(inside(key), offset, length);
    }

    @Override
    public void read(String key, long offset, byte[] target, int from, int length) throws IOException {
        bucket.read(inside(key), offset, target, from, length);
    }

    @Override
    public byte[] readAll(String key) throws IOException {
        return bucket.readAll(inside(key));
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        return new ForwardingUpload(bucket.upload(inside(key), precondition)) {
            @Override
            public ObjectInfo commit() throws IOException {
                return outside(super.commit());
            }
        };
    }

    @Override
    public void delete(String key) throws IOException {
        bucket.delete(inside(key));
    }

    @Override
    public void close() {
        bucket.close();
    }

    private String inside(String key) throws IOException {
        if (key.isEmpty()) {
            throw new IOException("invalid key: it is empty");
        }
        return prefix + key;
    }
}
