package io.meridian.proto.store;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.proto.codec.FrameSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Carries the messages of one streamed answer from the thread that makes them to the event loop, with a bound on the
/// bytes under way; ends the query when the client goes.
///
/// Messages go out as they were written, many in one piece of pooled memory, past the gRPC server, which would copy
/// each of them: it only begins and ends the answer.
final class ReplyStream implements FrameSink {
    private static final int BYTES_UNDER_WAY_MAX = 1 << 20;

    private final Context context;
    private final GrpcServerResponse<Buffer, Buffer> response;
    /// What the gRPC server writes to; null where a call came another way than through our endpoint.
    private final @Nullable HttpServerResponse http;

    private final QueryContext query;
    private final Semaphore room = new Semaphore(BYTES_UNDER_WAY_MAX);
    private volatile boolean closed;

    /// To be made on the event loop of the call.
    ReplyStream(Context context, GrpcServerRequest<Buffer, Buffer> request, QueryContext query) {
        this.context = context;
        this.response = request.response();
        ConcurrentMap<Object, Object> locals = context.getLocal(ContextInternal.LOCAL_MAP);
        this.http = locals == null ? null : (HttpServerResponse) locals.get(HttpServerResponse.class);
        this.query = query;
        request.errorHandler(_ -> closed());
        request.exceptionHandler(_ -> closed());
        response.exceptionHandler(_ -> closed());
        query.onCancel(() -> room.release(BYTES_UNDER_WAY_MAX));
    }

    private void closed() {
        if (!closed) {
            closed = true;
            // Cancelling may run work of the query's; that does not belong on an event loop.
            Thread.startVirtualThread(query::cancel);
        }
    }

    /// Sends one message, see [#send].
    void write(byte[] message) {
        byte[] framed = new byte[PREFIX_BYTES + message.length];
        for (int i = 1; i < PREFIX_BYTES; i++) {
            framed[i] = (byte) (message.length >>> 8 * (PREFIX_BYTES - 1 - i));
        }
        System.arraycopy(message, 0, framed, PREFIX_BYTES, message.length);
        send(framed, 0, framed.length);
    }

    /// Sends messages; waits while too much is under way.
    ///
    /// @throws QueryException if the client has gone
    @Override
    public void send(byte[] bytes, int offset, int length) {
        int permits = Math.min(length, BYTES_UNDER_WAY_MAX);
        try {
            room.acquire(permits);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "interrupted while the client read", e);
        }
        query.check();
        ByteBuf memory = PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, offset, length);
        context.runOnContext(_ -> {
            if (closed) {
                memory.release();
                room.release(permits);
                return;
            }
            try {
                pass(memory).onComplete(_ -> {
                    memory.release();
                    room.release(permits);
                });
            } catch (IllegalStateException streamClosed) {
                memory.release();
                room.release(permits);
                closed();
            }
        });
    }

    private Future<?> pass(ByteBuf messages) {
        if (http == null) {
            var all = new ArrayList<Future<?>>();
            for (int at = 0; at < messages.readableBytes(); ) {
                int length = messages.getInt(at + 1);
                ByteBuf message = messages.slice(at + PREFIX_BYTES, length);
                all.add(response.write(BufferInternal.buffer(message)));
                at += PREFIX_BYTES + length;
            }
            return Future.join(all);
        }
        if (!http.headWritten()) {
            response.writeHead();
        }
        return http.write(BufferInternal.buffer(messages));
    }

    void end() {
        finish(GrpcStatus.OK, "");
    }

    void fail(GrpcStatus status, String message) {
        finish(status, message);
    }

    private void finish(GrpcStatus status, String message) {
        context.runOnContext(_ -> {
            if (closed) {
                return;
            }
            try {
                if (status != GrpcStatus.OK) {
                    response.status(status).statusMessage(message);
                }
                response.end();
            } catch (IllegalStateException streamClosed) {
                closed();
            }
        });
    }
}
