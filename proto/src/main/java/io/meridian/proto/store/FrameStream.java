package io.meridian.proto.store;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.proto.codec.FrameSink;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The messages of one gRPC answer, taken by one thread that waits. About [#BYTES_AHEAD_MAX] are held beyond what was
/// taken, and the flow-control window; then the sender is slowed down.
public final class FrameStream implements AutoCloseable {
    private static final int BYTES_AHEAD_MAX = 1 << 20;
    private static final long DEADLINE_NANOS_MAX = Duration.ofHours(24).toNanos();
    private static final int HTTP_OK = 200;
    private static final long HTTP2_CANCEL = 8;

    private sealed interface Event {
        /// The first of a chain.
        record Messages(Frame first) implements Event {}

        record End(GrpcStatus status, String text) implements Event {}

        record Failed(Throwable cause) implements Event {}
    }

    private final Endpoint endpoint;
    private final QueryContext query;
    private final Duration responseTimeout;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger bytesAhead = new AtomicInteger();
    private final MessageAssembler assembler = new MessageAssembler();
    private volatile boolean closed;
    private volatile boolean paused;
    private volatile @Nullable HttpClientRequest request;
    private volatile @Nullable HttpClientResponse response;
    private volatile @Nullable Context context;
    /// The reader's: what follows the message that was taken last.
    private @Nullable Frame waiting;

    private FrameStream(Endpoint endpoint, QueryContext query, Duration responseTimeout) {
        this.endpoint = endpoint;
        this.query = query;
        this.responseTimeout = responseTimeout;
    }

    /// Calls; returns at once.
    ///
    /// @param method          `package.Service/Method`
    /// @param responseTimeout longest wait for the next message; zero: as long as the query may take
    public static FrameStream open(
            Endpoint endpoint, String method, byte[] message, QueryContext query, Duration responseTimeout) {
        var stream = new FrameStream(endpoint, query, responseTimeout);
        query.check();
        endpoint.request("/" + method).onComplete(opened -> {
            if (opened.failed()) {
                stream.fail(opened.cause());
            } else {
                stream.send(opened.result(), message);
            }
        });
        query.onCancel(stream::close);
        return stream;
    }

    /// On the event loop, as all that is private here and not of the reader.
    private void send(HttpClientRequest opened, byte[] message) {
        context = Vertx.currentContext();
        request = opened;
        if (closed) {
            opened.reset(HTTP2_CANCEL);
            return;
        }
        opened.putHeader("content-type", "application/grpc")
                .putHeader("te", "trailers")
                .putHeader("grpc-accept-encoding", "identity");
        long remaining = query.remainingNanos();
        if (remaining < DEADLINE_NANOS_MAX) {
            opened.putHeader("grpc-timeout", Math.max(1, remaining / 1_000_000) + "m");
        }
        opened.exceptionHandler(this::fail);
        opened.response().onComplete(answered -> {
            if (answered.failed()) {
                fail(answered.cause());
            } else {
                receive(answered.result());
            }
        });
        opened.end(Buffer.buffer(FrameSink.PREFIX_BYTES + message.length)
                .appendByte((byte) 0)
                .appendInt(message.length)
                .appendBytes(message));
    }

    private void receive(HttpClientResponse answer) {
        if (answer.statusCode() != HTTP_OK) {
            fail(new IllegalStateException("HTTP status " + answer.statusCode() + " instead of a gRPC answer"));
            close();
            return;
        }
        response = answer;
        answer.exceptionHandler(this::fail);
        answer.handler(data -> take(answer, data));
        answer.endHandler(_ -> end(answer));
    }

    private void take(HttpClientResponse answer, Buffer data) {
        if (closed) {
            return;
        }
        Frame first;
        try {
            first = assembler.add(data);
        } catch (IllegalStateException notMessages) {
            fail(notMessages);
            close();
            return;
        }
        if (first == null) {
            return;
        }
        int bytes = 0;
        for (Frame frame = first; frame != null; frame = frame.next) {
            bytes += frame.length();
        }
        if (bytesAhead.addAndGet(bytes) > BYTES_AHEAD_MAX) {
            paused = true;
            answer.pause();
        }
        events.add(new Event.Messages(first));
    }

    private void end(HttpClientResponse answer) {
        // An answer without messages has its status in front.
        String status = answer.getTrailer("grpc-status");
        boolean behind = status != null;
        status = behind ? status : answer.getHeader("grpc-status");
        GrpcStatus known = status == null ? null : GrpcTrailers.status(status);
        if (known == null) {
            fail(new IllegalStateException("answer has no gRPC status"));
        } else if (known == GrpcStatus.OK && !assembler.isBetweenMessages()) {
            fail(new IllegalStateException("answer ends within a message"));
        } else {
            String text = behind ? answer.getTrailer("grpc-message") : answer.getHeader("grpc-message");
            events.add(new Event.End(known, text == null ? "" : GrpcTrailers.text(text)));
        }
    }

    private void fail(Throwable cause) {
        events.add(new Event.Failed(cause));
    }

    /// The next message with some bytes of slack behind it, or null at the end.
    ///
    /// @throws QueryException if the endpoint failed, was silent too long, or the query is over
    public @Nullable Frame next() {
        Frame frame = waiting;
        if (frame == null) {
            frame = await();
            if (frame == null) {
                return null;
            }
        }
        waiting = frame.next;
        freed(frame.length());
        query.countRead(0, frame.length());
        return frame;
    }

    private @Nullable Frame await() {
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
            case Event.Messages messages -> messages.first();
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

    private void freed(int bytes) {
        int left = bytesAhead.addAndGet(-bytes);
        HttpClientResponse answer = response;
        Context loop = context;
        if (paused && left < BYTES_AHEAD_MAX / 2 && answer != null && loop != null) {
            loop.runOnContext(_ -> {
                if (paused) {
                    paused = false;
                    answer.resume();
                }
            });
        }
    }

    /// A message in a part of an array. Its bytes do not change.
    public static final class Frame {
        private final byte[] bytes;
        private final int offset;
        private final int length;
        private @Nullable Frame next;

        Frame(byte[] bytes, int offset, int length) {
            this.bytes = bytes;
            this.offset = offset;
            this.length = length;
        }

        void follow(Frame frame) {
            next = frame;
        }

        /// The message that came right behind this one, if it was given out with it.
        @Nullable
        Frame following() {
            return next;
        }

        public byte[] bytes() {
            return bytes;
        }

        public int offset() {
            return offset;
        }

        public int length() {
            return length;
        }
    }

    /// Ends the call if it still goes on.
    @Override
    public void close() {
        closed = true;
        fail(new IllegalStateException("call was ended"));
        HttpClientRequest opened = request;
        Context loop = context;
        if (opened != null && loop != null) {
            loop.runOnContext(_ -> opened.reset(HTTP2_CANCEL));
        }
    }
}
