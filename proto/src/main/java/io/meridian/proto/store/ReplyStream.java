package io.meridian.proto.store;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.concurrent.Semaphore;

/// Carries the messages of one streamed answer from the thread that makes them to the event loop, with a bound on the
/// bytes under way; ends the query when the client goes.
final class ReplyStream {
    private static final int BYTES_UNDER_WAY_MAX = 2 << 20;

    private final Context context;
    private final GrpcServerResponse<Buffer, Buffer> response;
    private final QueryContext query;
    private final Semaphore room = new Semaphore(BYTES_UNDER_WAY_MAX);
    private volatile boolean closed;

    /// To be made on the event loop of the call.
    ReplyStream(Context context, GrpcServerRequest<Buffer, Buffer> request, QueryContext query) {
        this.context = context;
        this.response = request.response();
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

    /// Sends a message; waits while too much is under way.
    ///
    /// @throws QueryException if the client has gone
    void write(byte[] message) {
        int permits = Math.min(message.length, BYTES_UNDER_WAY_MAX);
        try {
            room.acquire(permits);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "interrupted while the client read", e);
        }
        query.check();
        Buffer buffer = Buffer.buffer(message);
        context.runOnContext(_ -> {
            if (closed) {
                room.release(permits);
                return;
            }
            try {
                response.write(buffer).onComplete(_ -> room.release(permits));
            } catch (IllegalStateException streamClosed) {
                room.release(permits);
                closed();
            }
        });
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
