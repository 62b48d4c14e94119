package io.meridian.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Carries pieces of an answer from a handler's thread to the event loop, with a bound on the bytes that are under way.
final class ResponseStream {
    private static final int BYTES_MAX = 3 << 19;

    /// Of a buffer of small pieces, which grows.
    private static final int BUFFER_BYTES_FIRST = 1 << 10;

    private static final int BUFFER_BYTES_MAX = 64 << 10;

    private final Context context;
    private final HttpServerResponse response;
    private final Semaphore room = new Semaphore(BYTES_MAX);
    private final List<Runnable> onDisconnect = new ArrayList<>();
    private volatile boolean closed;
    private volatile boolean ended;

    /// To be made on the event loop of the request.
    ResponseStream(Context context, HttpServerResponse response) {
        this.context = context;
        this.response = response;
        response.closeHandler(_ -> closed());
        response.exceptionHandler(_ -> closed());
    }

    private void closed() {
        List<Runnable> actions = List.of();
        synchronized (onDisconnect) {
            if (!closed) {
                closed = true;
                if (!ended) {
                    actions = List.copyOf(onDisconnect);
                }
                onDisconnect.clear();
            }
        }
        room.release(BYTES_MAX);
        for (Runnable action : actions) {
            Thread.ofVirtual().start(action);
        }
    }

    void onDisconnect(Runnable action) {
        synchronized (onDisconnect) {
            if (!closed) {
                onDisconnect.add(action);
                return;
            }
        }
        action.run();
    }

    boolean isClosed() {
        return closed;
    }

    /// Sends a piece, which is released whatever happens; waits while too many are under way.
    private void send(Memory piece) throws IOException {
        int share = Math.min(piece.bytes.readableBytes(), BYTES_MAX);
        try {
            room.acquire(share);
        } catch (InterruptedException e) {
            piece.release();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client read its answer");
        }
        if (closed) {
            piece.release();
            throw new ClientGoneException();
        }
        context.runOnContext(_ -> {
            if (closed) {
                piece.release();
                room.release(share);
                return;
            }
            if (!response.headWritten() && response.headers().get("Content-Length") == null) {
                response.setChunked(true);
            }
            response.write(BufferInternal.buffer(piece.bytes)).onComplete(_ -> {
                // the response does not own what it was given
                piece.release();
                room.release(share);
            });
        });
    }

    /// Off the heap and from a pool: the socket takes it as it is.
    private record Memory(ByteBuf bytes) implements AnswerStream.Piece {
        static Memory of(byte[] bytes, int offset, int length) {
            return new Memory(
                    PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, offset, length));
        }

        @Override
        public void release() {
            bytes.release();
        }
    }

    /// Ends the answer with a last piece.
    void end(byte[] last) throws IOException {
        if (closed) {
            throw new ClientGoneException();
        }
        ended = true;
        context.runOnContext(_ -> {
            if (!closed && !response.ended()) {
                response.end(Buffer.buffer(last));
            }
        });
    }

    /// Cuts the connection, so that the client does not take a broken answer for a whole one.
    void abort() {
        ended = true;
        context.runOnContext(_ -> {
            if (!closed && !response.ended()) {
                response.reset();
            }
        });
    }

    /// The body as a stream that collects small pieces.
    AnswerStream asOutputStream() {
        return new Body();
    }

    private final class Body extends AnswerStream {
        private byte[] buffer = new byte[BUFFER_BYTES_FIRST];
        private int used;
        private boolean done;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > BUFFER_BYTES_MAX - used) {
                flush();
                if (length >= BUFFER_BYTES_MAX) {
                    ResponseStream.this.send(Memory.of(bytes, offset, length));
                    return;
                }
            }
            if (length > buffer.length - used) {
                int grown = Math.max(used + length, 4 * buffer.length);
                buffer = Arrays.copyOf(buffer, Math.min(BUFFER_BYTES_MAX, grown));
            }
            System.arraycopy(bytes, offset, buffer, used, length);
            used += length;
        }

        @Override
        public void flush() throws IOException {
            if (used > 0) {
                Memory piece = Memory.of(buffer, 0, used);
                used = 0;
                ResponseStream.this.send(piece);
            }
        }

        @Override
        public Piece piece(byte[] bytes, int offset, int length) {
            return Memory.of(bytes, offset, length);
        }

        @Override
        public void send(Piece piece) throws IOException {
            flush();
            ResponseStream.this.send((Memory) piece);
        }

        @Override
        public void close() throws IOException {
            if (!done) {
                done = true;
                end(Arrays.copyOf(buffer, used));
            }
        }
    }
}
