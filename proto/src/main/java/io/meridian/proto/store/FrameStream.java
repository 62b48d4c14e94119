package io.meridian.proto.store;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The messages of one answer, taken by one thread that waits. At most [#MESSAGES_AHEAD] messages are held beyond what
/// was taken; the sender is slowed down accordingly.
public final class FrameStream implements AutoCloseable {
    private static final int MESSAGES_AHEAD = 16;
    private static final long DEADLINE_NANOS_MAX = Duration.ofHours(24).toNanos();

    private sealed interface Event {
        record Message(Buffer bytes) implements Event {}

        record End(GrpcStatus status, String text) implements Event {}

        record Failed(Throwable cause) implements Event {}
    }

    private final Endpoint endpoint;
    private final QueryContext query;
    private final Duration responseTimeout;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private volatile @Nullable GrpcClientRequest<Buffer, Buffer> request;
    private volatile @Nullable GrpcClientResponse<Buffer, Buffer> response;
    private volatile @Nullable Context context;

    private FrameStream(Endpoint endpoint, QueryContext query, Duration responseTimeout) {
        this.endpoint = endpoint;
        this.query = query;
        this.responseTimeout = responseTimeout;
    }

    /// Calls; returns at once.
    ///
    /// @param responseTimeout longest wait for the next message; zero: as long as the query may take
    public static FrameStream open(
            Endpoint endpoint,
            ServiceMethod<Buffer, Buffer> method,
            byte[] message,
            QueryContext query,
            Duration responseTimeout) {
        var stream = new FrameStream(endpoint, query, responseTimeout);
        query.check();
        endpoint.client().request(endpoint.address(), method).onComplete(opened -> {
            if (opened.failed()) {
                stream.events.add(new Event.Failed(opened.cause()));
            } else {
                stream.send(opened.result(), message);
            }
        });
        query.onCancel(stream::close);
        return stream;
    }

    /// On the event loop.
    private void send(GrpcClientRequest<Buffer, Buffer> opened, byte[] message) {
        request = opened;
        context = Vertx.currentContext();
        if (closed) {
            opened.cancel();
            return;
        }
        long remaining = query.remainingNanos();
        if (remaining < DEADLINE_NANOS_MAX) {
            opened.timeout(Math.max(1, remaining / 1_000_000), TimeUnit.MILLISECONDS);
        }
        opened.exceptionHandler(cause -> events.add(new Event.Failed(cause)));
        opened.response().onComplete(answered -> {
            if (answered.failed()) {
                events.add(new Event.Failed(answered.cause()));
            } else {
                receive(answered.result());
            }
        });
        opened.end(Buffer.buffer(message));
    }

    private void receive(GrpcClientResponse<Buffer, Buffer> answer) {
        answer.pause();
        answer.exceptionHandler(cause -> events.add(new Event.Failed(cause)));
        answer.handler(bytes -> events.add(new Event.Message(bytes)));
        answer.endHandler(_ -> {
            GrpcStatus status = answer.status();
            String text = answer.statusMessage();
            events.add(
                    status == null
                            ? new Event.Failed(new IllegalStateException("answer has no gRPC status"))
                            : new Event.End(status, text == null ? "" : text));
        });
        response = answer;
        answer.fetch(MESSAGES_AHEAD);
    }

    /// The next message with some bytes of slack behind it, or null at the end.
    ///
    /// @throws QueryException if the endpoint failed, was silent too long, or the query is over
    public @Nullable Frame next() {
        query.check();
        boolean ownLimit = !responseTimeout.isZero() && responseTimeout.toNanos() < query.remainingNanos();
        long patience = ownLimit ? responseTimeout.toNanos() : query.remainingNanos();
        Event event;
        try {
            event = events.poll(patience, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "query was canceled in expression evaluation", e);
        }
        if (event == null) {
            close();
            query.check();
            throw new QueryException(
                    Fault.STORE_UNAVAILABLE,
                    "failed to receive any data in " + responseTimeout.toMillis() + "ms from " + endpoint.name());
        }
        return switch (event) {
            case Event.Message message -> frame(message.bytes());
            case Event.End end -> {
                events.add(end);
                if (end.status() != GrpcStatus.OK) {
                    query.check();
                    throw new QueryException(
                            GrpcCode.faultOf(end.status()),
                            endpoint.name() + ": " + end.status().name()
                                    + (end.text().isEmpty() ? "" : ": " + end.text()));
                }
                yield null;
            }
            case Event.Failed failed -> {
                events.add(failed);
                query.check();
                throw new QueryException(
                        Fault.STORE_UNAVAILABLE, endpoint.name() + ": " + failed.cause(), failed.cause());
            }
        };
    }

    private Frame frame(Buffer bytes) {
        Context loop = context;
        GrpcClientResponse<Buffer, Buffer> answer = response;
        if (loop != null && answer != null) {
            loop.runOnContext(_ -> answer.fetch(1));
        }
        int length = bytes.length();
        byte[] array = new byte[length + io.meridian.proto.codec.SeriesFrameReader.SLACK_BYTES];
        bytes.getBytes(array);
        query.countRead(0, length);
        return new Frame(array, length);
    }

    /// A message in the first `length` bytes of an array that nobody else uses.
    public static final class Frame {
        private final byte[] bytes;
        private final int length;

        Frame(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        public byte[] bytes() {
            return bytes;
        }

        public int length() {
            return length;
        }
    }

    /// Ends the call if it still goes on.
    @Override
    public void close() {
        closed = true;
        events.add(new Event.Failed(new IllegalStateException("call was ended")));
        GrpcClientRequest<Buffer, Buffer> opened = request;
        Context loop = context;
        if (opened != null && loop != null) {
            loop.runOnContext(_ -> opened.cancel());
        }
    }
}
