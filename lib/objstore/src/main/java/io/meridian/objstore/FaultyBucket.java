package io.meridian.objstore;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Does to its caller what a bad day of object storage does. For tests and drills.
///
/// Operations are numbered from 1 in the order in which they begin: every list, stat, read, delete, every write to an
/// upload and every commit is one.
public final class FaultyBucket implements Bucket {
    public enum Kind {
        /// Nothing happens, and an error comes back.
        FAIL,
        /// It is done, but the answer is lost: an error comes back all the same.
        FAIL_AFTER,
        /// The connection breaks half way: half a listing, half of a written segment, no bytes of a read.
        TRUNCATE,
        NONE
    }

    /// What befalls an operation.
    ///
    /// @param delay waited before
    public record Fault(Kind kind, Duration delay) {
        public static final Fault NOTHING = new Fault(Kind.NONE, Duration.ZERO);
    }

    /// Decides, from an operation's number. Called once for each operation, by many threads.
    public interface Plan {
        Fault at(long operation);
    }

    private final Bucket bucket;
    private final Plan plan;
    private final AtomicLong operations = new AtomicLong();

    public FaultyBucket(Bucket bucket, Plan plan) {
        this.bucket = bucket;
        this.plan = plan;
    }

    /// One fault, at the given operation.
    public static Plan once(long operation, Kind kind) {
        Fault fault = new Fault(kind, Duration.ZERO);
        return number -> number == operation ? fault : Fault.NOTHING;
    }

    /// Fails for good from the given operation on: the crash point of a process, or the end of a network.
    public static Plan from(long operation, Kind kind) {
        Fault first = new Fault(kind, Duration.ZERO);
        Fault later = new Fault(Kind.FAIL, Duration.ZERO);
        return number -> number < operation ? Fault.NOTHING : number == operation ? first : later;
    }

    /// Every operation takes longer.
    public static Plan slow(Duration delay) {
        Fault fault = new Fault(Kind.NONE, delay);
        return _ -> fault;
    }

    /// Each operation fails with the probability, in one of the ways, decided by the seed and the operation's number.
    public static Plan random(long seed, double probability) {
        Kind[] kinds = {Kind.FAIL, Kind.FAIL_AFTER, Kind.TRUNCATE};
        return number -> {
            var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
            if (random.nextDouble() >= probability) {
                return Fault.NOTHING;
            }
            return new Fault(kinds[random.nextInt(kinds.length)], Duration.ZERO);
        };
    }

    /// How many operations have begun.
    public long operations() {
        return operations.get();
    }

    private interface Work<T> {
        /// @param half whether only half of it shall happen
        T run(boolean half) throws IOException;
    }

    private <T> T faulty(String what, Work<T> work) throws IOException {
        long number = operations.incrementAndGet();
        Fault fault = plan.at(number);
        sleep(fault.delay());
        return switch (fault.kind()) {
            case NONE -> work.run(false);
            case FAIL -> throw failure(what, number, "before it began");
            case FAIL_AFTER -> {
                work.run(false);
                throw failure(what, number, "after it was done");
            }
            case TRUNCATE -> {
                work.run(true);
                throw failure(what, number, "half way");
            }
        };
    }

    private static IOException failure(String what, long number, String when) {
        return new IOException("planned fault: operation " + number + ", " + what + " failed " + when);
    }

    private static void sleep(Duration delay) throws IOException {
        if (delay.isZero()) {
            return;
        }
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted during a planned delay");
        }
    }

    @Override
    public String name() {
        return bucket.name();
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
        faulty("list of " + prefix, half -> {
            var all = new java.util.ArrayList<ObjectInfo>();
            bucket.list(prefix, all::add);
            all.subList(0, half ? all.size() / 2 : all.size()).forEach(visitor);
            return prefix;
        });
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        return faulty("stat of " + key, _ -> bucket.stat(key));
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        return faulty("read of " + key, half -> {
            if (half) {
                throw new EOFException("planned fault: the body of " + key + " ends early");
            }
            return bucket.read(key, offset, length, arena);
        });
    }

    @Override
    public byte[] readAll(String key) throws IOException {
        return faulty("read of " + key, _ -> bucket.readAll(key));
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        Upload upload = bucket.upload(key, precondition);
        return new ForwardingUpload(upload) {
            @Override
            public void write(MemorySegment bytes) throws IOException {
                faulty("write to " + key, half -> {
                    upload.write(half ? bytes.asSlice(0, bytes.byteSize() / 2) : bytes);
                    return key;
                });
            }

            @Override
            public ObjectInfo commit() throws IOException {
                return faulty("commit of " + key, half -> {
                    if (half) {
                        throw new IOException("planned fault: the commit of " + key + " broke off");
                    }
                    return upload.commit();
                });
            }
        };
    }

    @Override
    public void delete(String key) throws IOException {
        faulty("delete of " + key, half -> {
            if (!half) {
                bucket.delete(key);
            }
            return key;
        });
    }

    @Override
    public void close() {
        bucket.close();
    }
}
