package io.meridian.objstore;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Objects on the heap, for tests and for data that need not outlive the process.
public final class InMemoryBucket implements Bucket {
    private record Stored(MemorySegment bytes, ObjectInfo info) {}

    private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>(Keys.ORDER);
    private final AtomicLong versions = new AtomicLong();

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> visitor) {
        for (var entry : objects.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                return;
            }
            visitor.accept(entry.getValue().info());
        }
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        return stored(key).info();
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        MemorySegment bytes = stored(key).bytes();
        if (offset < 0 || length < 0 || offset > bytes.byteSize() - length) {
            throw ranges(this, key, offset, length, bytes.byteSize());
        }
        // a copy, so that a use after the arena's end shows here as it would with a mapping
        MemorySegment copy = arena.allocate(length);
        MemorySegment.copy(bytes, offset, copy, 0, length);
        return copy.asReadOnly();
    }

    @Override
    public byte[] readAll(String key) throws IOException {
        return stored(key).bytes().toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        return new MemoryUpload(Keys.check(key), precondition);
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public void close() {}

    private Stored stored(String key) throws IOException {
        Stored stored = objects.get(key);
        if (stored == null) {
            throw new ObjectNotFoundException(name(), key);
        }
        return stored;
    }

    private ObjectInfo commit(String key, Precondition precondition, byte[] bytes) throws IOException {
        var fresh = new Stored(
                MemorySegment.ofArray(bytes),
                new ObjectInfo(
                        key, bytes.length, System.currentTimeMillis(), Long.toString(versions.incrementAndGet())));
        Stored now = objects.compute(key, (_, old) -> holds(precondition, old) ? fresh : old);
        if (!fresh.equals(now)) {
            throw new PreconditionFailedException(name(), key, precondition.toString());
        }
        return fresh.info();
    }

    private static boolean holds(Precondition precondition, @org.jspecify.annotations.Nullable Stored old) {
        return switch (precondition) {
            case Precondition.None() -> true;
            case Precondition.Absent() -> old == null;
            case Precondition.Version(String version) ->
                old != null && old.info().version().equals(version);
        };
    }

    static EOFException ranges(Bucket bucket, String key, long offset, long length, long size) {
        return new EOFException("object is too short: bucket=%s, key=%s, wanted %d bytes at %d, size=%d"
                .formatted(bucket.name(), key, length, offset, size));
    }

    private final class MemoryUpload implements Upload {
        private final String key;
        private final Precondition precondition;
        private final List<byte[]> parts = new ArrayList<>();
        private boolean done;

        MemoryUpload(String key, Precondition precondition) {
            this.key = key;
            this.precondition = precondition;
        }

        @Override
        public void write(MemorySegment bytes) throws IOException {
            checkOpen();
            parts.add(bytes.toArray(ValueLayout.JAVA_BYTE));
        }

        @Override
        public ObjectInfo commit() throws IOException {
            checkOpen();
            done = true;
            int size = 0;
            for (byte[] part : parts) {
                size = Math.addExact(size, part.length);
            }
            byte[] whole = new byte[size];
            int at = 0;
            for (byte[] part : parts) {
                System.arraycopy(part, 0, whole, at, part.length);
                at += part.length;
            }
            return InMemoryBucket.this.commit(key, precondition, whole);
        }

        @Override
        public void close() {
            done = true;
            parts.clear();
        }

        private void checkOpen() throws IOException {
            if (done) {
                throw new IOException("upload of " + key + " has ended");
            }
        }
    }
}
