package io.meridian.querier.json;

import io.meridian.server.http.AnswerStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Pieces of a text that several threads make and one sends, in their order. Whoever makes a piece copies it to where
/// the network takes it from while it is in the cache of its core. Only the thread that asks waits for a slow client:
/// the others leave when so much is ready that they would have to.
final class PieceLine {
    private static final int PIECES_AHEAD_MAX = 8;

    /// Larger buffers are not kept for the next answer.
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final int KEPT_MAX = 2 * PIECES_AHEAD_MAX;
    private static final ConcurrentLinkedQueue<SeriesWriter> KEPT = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger KEPT_COUNT = new AtomicInteger();

    /// Writes a piece.
    interface Maker {
        void make(int number, SeriesWriter writer) throws IOException;
    }

    /// A piece that is ready: with the network, or still in its writer.
    private record Ready(
            AnswerStream.@Nullable Piece piece, @Nullable SeriesWriter writer) {}

    private final int count;
    private final JsonOutput out;
    private final @Nullable AnswerStream stream;
    private final Maker maker;
    private final @Nullable Ready[] ready = new @Nullable Ready[PIECES_AHEAD_MAX];
    private final ArrayDeque<SeriesWriter> free = new ArrayDeque<>();
    private int claimed;
    private int sent;
    private boolean left;
    private @Nullable Throwable failure;

    PieceLine(int count, JsonOutput out, Maker maker) throws IOException {
        this.count = count;
        this.out = out;
        this.stream = out.pieces();
        this.maker = maker;
    }

    void write(Parallel parallel) throws IOException {
        Thread asking = Thread.currentThread();
        try {
            while (sent < count && failure == null) {
                left = false;
                parallel.run(count - sent, () -> work(Thread.currentThread().equals(asking)));
            }
        } finally {
            close();
        }
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void work(boolean sends) {
        try {
            while (true) {
                int number = claim(sends);
                if (number == count) {
                    return;
                }
                if (number < 0) {
                    send();
                } else {
                    make(number);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /// The piece to make; -1 if the next one is to be sent; the count if there is nothing to do.
    private synchronized int claim(boolean sends) {
        while (failure == null) {
            if (sends && sent < count && ready[sent % PIECES_AHEAD_MAX] != null) {
                return -1;
            }
            int ahead = claimed - sent;
            if (sends && left && claimed < count && ahead <= PIECES_AHEAD_MAX / 2) {
                // there is room again for those that left
                return count;
            }
            if (claimed < count && ahead < PIECES_AHEAD_MAX) {
                return claimed++;
            }
            if (!sends) {
                left |= claimed < count;
                return count;
            }
            if (sent == count) {
                return count;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("interrupted while others made text", e);
            }
        }
        return count;
    }

    private void make(int number) throws IOException {
        SeriesWriter writer = take();
        maker.make(number, writer);
        if (stream == null) {
            put(number, new Ready(null, writer));
        } else {
            put(number, new Ready(writer.out().moveTo(stream), null));
            giveBack(writer);
        }
    }

    private synchronized void put(int number, Ready piece) {
        ready[number % PIECES_AHEAD_MAX] = piece;
        if (number == sent) {
            notifyAll();
        }
    }

    private void send() throws IOException {
        Ready next;
        synchronized (this) {
            next = ready[sent % PIECES_AHEAD_MAX];
            ready[sent % PIECES_AHEAD_MAX] = null;
        }
        if (next != null && next.piece != null && stream != null) {
            stream.send(next.piece);
        } else if (next != null && next.writer != null) {
            next.writer.out().moveTo(out);
            giveBack(next.writer);
        }
        synchronized (this) {
            sent++;
        }
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
        notifyAll();
    }

    private SeriesWriter take() {
        synchronized (this) {
            SeriesWriter last = free.poll();
            if (last != null) {
                return last;
            }
        }
        SeriesWriter kept = KEPT.poll();
        if (kept == null) {
            return new SeriesWriter(JsonOutput.held());
        }
        KEPT_COUNT.decrementAndGet();
        return kept;
    }

    /// The one that was used last is taken next: it is in the cache.
    private synchronized void giveBack(SeriesWriter writer) {
        free.push(writer);
    }

    /// Leaves the writers to the next answer. Nobody is at work any more.
    private synchronized void close() {
        for (Ready each : ready) {
            if (each != null && each.piece != null) {
                each.piece.release();
            }
        }
        for (SeriesWriter writer : free) {
            writer.forget();
            if (writer.out().capacity() <= KEPT_BYTES_MAX && KEPT_COUNT.get() < KEPT_MAX) {
                KEPT_COUNT.incrementAndGet();
                KEPT.add(writer);
            }
        }
    }
}
