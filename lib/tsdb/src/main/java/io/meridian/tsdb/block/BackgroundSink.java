package io.meridian.tsdb.block;

import io.meridian.tsdb.index.ByteSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A file that a thread of its own writes, a few buffers behind, and brings to its place: what is put together goes on
/// meanwhile. An error of that thread comes out of the next call.
final class BackgroundSink implements ByteSink {
    private static final int BUFFER = 256 << 10;
    private static final int BUFFERS = 4;

    private final ByteSink target;
    private final ArrayBlockingQueue<Piece> full = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final ArrayBlockingQueue<ByteBuffer> empty = new ArrayBlockingQueue<>(BUFFERS);
    private final Thread writer;
    private volatile @Nullable Throwable failure;
    private volatile boolean isAbandoned;
    /// Of the buffers, which lie outside the heap: the system copies from there at once.
    private final Arena arena = Arena.ofShared();

    private ByteBuffer buffer = newBuffer();
    private long position;
    private boolean isEnded;

    /// @param bytes    null at the end
    /// @param finishes whether the file is whole then
    private record Piece(@Nullable ByteBuffer bytes, boolean finishes) {}

    BackgroundSink(ByteSink target) {
        this.target = target;
        this.position = target.position();
        for (int i = 1; i < BUFFERS; i++) {
            empty.add(newBuffer());
        }
        writer = Thread.ofPlatform().name("block-writer").daemon().start(this::drain);
    }

    private ByteBuffer newBuffer() {
        return arena.allocate(BUFFER).asByteBuffer();
    }

    private void drain() {
        try {
            Piece piece = full.take();
            for (ByteBuffer bytes = piece.bytes; bytes != null; bytes = piece.bytes) {
                write(bytes);
                empty.add(bytes.clear());
                piece = full.take();
            }
            if (piece.finishes && failure == null && !isAbandoned) {
                target.finish();
            }
        } catch (InterruptedException | IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    private void write(ByteBuffer bytes) {
        if (failure != null || isAbandoned) {
            return;
        }
        try {
            target.write(MemorySegment.ofBuffer(bytes));
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (!buffer.hasRemaining()) {
                handOver();
            }
            int n = Math.min(left, buffer.remaining());
            buffer.put(bytes, at, n);
            at += n;
            left -= n;
        }
        position += length;
    }

    private void handOver() throws IOException {
        check();
        if (buffer.position() == 0) {
            return;
        }
        try {
            full.put(new Piece(buffer.flip(), false));
            buffer = empty.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing", e);
        }
    }

    private void check() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException own -> throw own;
            case RuntimeException own -> throw own;
            case Error own -> throw own;
            default -> throw new IOException(failure);
        }
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); ) {
            handOver();
            int n = (int) Math.min(BUFFER, bytes.byteSize() - at);
            buffer.put(bytes.asSlice(at, n).asByteBuffer());
            at += n;
            position += n;
        }
    }

    /// Nothing comes any more: the writer ends the file, for which nobody waits before [#finish].
    void finishLater() throws IOException {
        handOver();
        end(true);
    }

    /// Waits until the file is in its place.
    @Override
    public void finish() throws IOException {
        if (!isEnded) {
            finishLater();
        }
        join();
        check();
    }

    /// There is room for it: buffers alone never fill the queue.
    private void end(boolean finishes) {
        if (!isEnded) {
            isEnded = true;
            full.add(new Piece(null, finishes));
        }
    }

    private void join() {
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Gives up what is not finished; waits until the writer has done what it is at.
    @Override
    public void close() throws IOException {
        isAbandoned = true;
        end(false);
        join();
        if (arena.scope().isAlive()) {
            arena.close();
        }
        target.close();
    }
}
