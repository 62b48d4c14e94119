package io.meridian.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Carries pieces of an answer from a handler's thread to the event loop, with a bound on the bytes that are under way.
final class ResponseStream {
    private static final int BYTES_MAX = 3 << 19;

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

    /// Sends a piece; waits while too many are under way.
    void write(byte[] bytes, int offset, int length) throws IOException {
        int share = Math.min(length, BYTES_MAX);
        try {
            room.acquire(share);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client read its answer");
        }
        if (closed) {
            throw new ClientGoneException();
        }
        // off the heap and from a pool: the socket takes it as it is
        ByteBuf memory = PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, offset, length);
        Buffer piece = BufferInternal.buffer(memory);
        context.runOnContext(_ -> {
            if (closed) {
                memory.release();
                room.release(share);
                return;
            }
            if (!response.headWritten() && response.headers().get("Content-Length") == null) {
                response.setChunked(true);
            }
            response.write(piece).onComplete(_ -> {
                // the response does not own what it was given
                memory.release();
                room.release(share);
            });
        });
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

    OutputStream asOutputStream(int bufferBytes) {
        return new OutputStream() {
            private final byte[] buffer = new byte[bufferBytes];
            private int used;
            private boolean done;

            @Override
            public void write(int b) throws IOException {
                if (used == buffer.length) {
                    flush();
                }
                buffer[used++] = (byte) b;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                int from = offset;
                int left = length;
                while (left > 0) {
                    if (used == buffer.length) {
                        flush();
                    }
                    if (used == 0 && left >= buffer.length) {
                        ResponseStream.this.write(bytes, from, left);
                        return;
                    }
                    int part = Math.min(left, buffer.length - used);
                    System.arraycopy(bytes, from, buffer, used, part);
                    used += part;
                    from += part;
                    left -= part;
                }
            }

            @Override
            public void flush() throws IOException {
                if (used > 0) {
                    ResponseStream.this.write(buffer, 0, used);
                    used = 0;
                }
            }

            @Override
            public void close() throws IOException {
                if (!done) {
                    done = true;
                    end(java.util.Arrays.copyOf(buffer, used));
                }
            }
        };
    }
}
