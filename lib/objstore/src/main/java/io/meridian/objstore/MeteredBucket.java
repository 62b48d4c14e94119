package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells an observer of every request to a bucket: what it was, how long it took, how many bytes it moved, and whether
/// it failed.
public final class MeteredBucket extends ForwardingBucket {
    public enum Operation {
        LIST("iter"),
        STAT("attributes"),
        READ("get_range"),
        UPLOAD("upload"),
        DELETE("delete");

        private final String metricName;

        Operation(String metricName) {
            this.metricName = metricName;
        }

        /// As metrics call it, which is as Thanos does.
        public String metricName() {
            return metricName;
        }
    }

    /// Called once for each operation, by the thread that ran it. A missing object and a failed precondition come
    /// as failures, too ([#isFailure]).
    public interface Observer {
        void observe(Operation operation, long nanos, long bytes, @Nullable Throwable failure);
    }

    /// Whether what an observer was told is a failure: "it is not there" and "somebody else was faster" are answers.
    public static boolean isFailure(@Nullable Throwable outcome) {
        return outcome != null
                && !(outcome instanceof ObjectNotFoundException)
                && !(outcome instanceof PreconditionFailedException);
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private interface Size<T> {
        long of(T result);
    }

    private final Bucket bucket;
    private final Observer observer;

    public MeteredBucket(Bucket bucket, Observer observer) {
        super(bucket);
        this.bucket = bucket;
        this.observer = observer;
    }

    private <T> T observed(Operation operation, Work<T> work, Size<T> size) throws IOException {
        long began = System.nanoTime();
        T result;
        try {
            result = work.run();
        } catch (IOException | RuntimeException | Error e) {
            observer.observe(operation, System.nanoTime() - began, 0, e);
            throw e;
        }
        observer.observe(operation, System.nanoTime() - began, size.of(result), null);
        return result;
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
        observed(
                Operation.LIST,
                () -> {
                    bucket.list(prefix, visitor);
                    return prefix;
                },
                _ -> 0);
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        return observed(Operation.STAT, () -> bucket.stat(key), _ -> 0);
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        return observed(Operation.READ, () -> bucket.read(key, offset, length, arena), MemorySegment::byteSize);
    }

    @Override
    public byte[] readBytes(String key, long offset, int length) throws IOException {
        return observed(Operation.READ, () -> bucket.readBytes(key, offset, length), bytes -> bytes.length);
    }

    @Override
    public void read(String key, long offset, byte[] target, int from, int length) throws IOException {
        observed(
                Operation.READ,
                () -> {
                    bucket.read(key, offset, target, from, length);
                    return key;
                },
                _ -> length);
    }

    @Override
    public byte[] readAll(String key) throws IOException {
        return observed(Operation.READ, () -> bucket.readAll(key), bytes -> bytes.length);
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        long began = System.nanoTime();
        return new MeteredUpload(bucket.upload(key, precondition), began);
    }

    @Override
    public void delete(String key) throws IOException {
        observed(
                Operation.DELETE,
                () -> {
                    bucket.delete(key);
                    return key;
                },
                _ -> 0);
    }

    /// One operation from its beginning to its end.
    private final class MeteredUpload implements Upload {
        private final Upload upload;
        private final long began;
        private long bytes;
        private boolean told;

        MeteredUpload(Upload upload, long began) {
            this.upload = upload;
            this.began = began;
        }

        @Override
        public void write(MemorySegment segment) throws IOException {
            try {
                upload.write(segment);
                bytes += segment.byteSize();
            } catch (IOException | RuntimeException e) {
                tell(e);
                throw e;
            }
        }

        @Override
        public ObjectInfo commit() throws IOException {
            try {
                ObjectInfo info = upload.commit();
                tell(null);
                return info;
            } catch (IOException | RuntimeException e) {
                tell(e);
                throw e;
            }
        }

        private void tell(@Nullable Throwable failure) {
            if (!told) {
                told = true;
                observer.observe(Operation.UPLOAD, System.nanoTime() - began, failure == null ? bytes : 0, failure);
            }
        }

        @Override
        public void close() throws IOException {
            upload.close();
        }
    }
}
