package io.meridian.tsdb.block;

import io.meridian.tsdb.index.ByteSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A file that a thread of its own writes, a few buffers behind: what is put together goes on meanwhile. An error of
/// that thread comes out of the next call.
final class BackgroundSink implements ByteSink {
    private static final int BUFFER = 256 << 10;
    private static final int BUFFERS = 4;

    private final ByteSink target;
    private final ArrayBlockingQueue<Piece> full = new ArrayBlockingQueue<>(BUFFERS);
    private final ArrayBlockingQueue<MemorySegment> empty = new ArrayBlockingQueue<>(BUFFERS);
    private final Thread writer;
    private volatile @Nullable Throwable failure;
    private volatile boolean isAbandoned;
    /// Of the buffers, which lie outside the heap: the system copies from there at once.
    private final Arena arena = Arena.ofShared();

    private MemorySegment buffer = arena.allocate(BUFFER);
    private int used;
    private long position;

    /// The beginning of a buffer; nothing of it ends the writer.
    private static final class Piece {
        final MemorySegment bytes;
        final int length;

        Piece(MemorySegment bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }
    }

    BackgroundSink(ByteSink target) {
        this.target = target;
        this.position = target.position();
        for (int i = 1; i < BUFFERS; i++) {
            empty.add(arena.allocate(BUFFER));
        }
        writer = Thread.ofPlatform().name("block-writer").daemon().start(this::drain);
    }

    private void drain() {
        try {
            for (Piece piece = full.take(); piece.length > 0; piece = full.take()) {
                write(piece);
                empty.add(piece.bytes);
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    private void write(Piece piece) {
        if (failure != null || isAbandoned) {
            return;
        }
        try {
            target.write(piece.bytes.asSlice(0, piece.length));
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
            if (used == BUFFER) {
                handOver();
            }
            int n = Math.min(left, BUFFER - used);
            MemorySegment.copy(bytes, at, buffer, ValueLayout.JAVA_BYTE, used, n);
            used += n;
            at += n;
            left -= n;
        }
        position += length;
    }

    private void handOver() throws IOException {
        check();
        if (used == 0) {
            return;
        }
        try {
            full.put(new Piece(buffer, used));
            used = 0;
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

    /// Waits until the writer has done what it was given.
    private void end() {
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                if (full.offer(new Piece(MemorySegment.NULL, 0), 1, TimeUnit.SECONDS)) {
                    writer.join();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        handOver();
        for (long at = 0; at < bytes.byteSize(); ) {
            int n = (int) Math.min(BUFFER, bytes.byteSize() - at);
            MemorySegment.copy(bytes, at, buffer, 0, n);
            used = n;
            at += n;
            position += n;
            handOver();
        }
    }

    @Override
    public void finish() throws IOException {
        handOver();
        end();
        check();
        target.finish();
    }

    @Override
    public void close() throws IOException {
        isAbandoned = true;
        end();
        if (arena.scope().isAlive()) {
            arena.close();
        }
        target.close();
    }
}
