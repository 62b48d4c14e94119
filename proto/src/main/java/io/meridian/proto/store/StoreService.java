package io.meridian.proto.store;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.codec.SeriesRequestCodec;
import io.meridian.proto.wire.Block;
import io.meridian.proto.wire.LabelNamesRequest;
import io.meridian.proto.wire.LabelNamesResponse;
import io.meridian.proto.wire.LabelNamesResponseHints;
import io.meridian.proto.wire.LabelValuesRequest;
import io.meridian.proto.wire.LabelValuesResponse;
import io.meridian.proto.wire.LabelValuesResponseHints;
import io.meridian.proto.wire.SeriesRequest;
import io.meridian.proto.wire.SeriesRequestHints;
import io.meridian.proto.wire.StoreProto;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves any source as `thanos.Store`. Calls run on virtual threads; answers go out as fast as the client reads.
public final class StoreService implements Service {
    static final ServiceName NAME = ServiceName.create("thanos.Store");

    private static final Logger log = LoggerFactory.getLogger(StoreService.class);
    private static final long TIMEOUT_NANOS_DEFAULT = Long.MAX_VALUE / 4;
    private static final String HINTS_TYPE = "type.googleapis.com/hintspb.";

    private final Vertx vertx;
    private final SeriesSource source;
    private final long bytesMax;

    /// @param bytesMax most bytes that one call may hold
    public StoreService(Vertx vertx, SeriesSource source, long bytesMax) {
        this.vertx = vertx;
        this.source = source;
        this.bytesMax = bytesMax;
    }

    @Override
    public ServiceName name() {
        return NAME;
    }

    @Override
    public ServiceDescriptor descriptor() {
        return StoreProto.getDescriptor().findServiceByName("Store");
    }

    @Override
    public void bind(GrpcServer server) {
        server.callHandler(method("Series"), request -> accept(request, this::series));
        server.callHandler(method("LabelNames"), request -> accept(request, this::labelNames));
        server.callHandler(method("LabelValues"), request -> accept(request, this::labelValues));
    }

    private static ServiceMethod<Buffer, Buffer> method(String name) {
        return ServiceMethod.server(NAME, name, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
    }

    private interface Call {
        void answer(byte[] message, QueryContext context, ReplyStream reply) throws InvalidProtocolBufferException;
    }

    /// On the event loop: takes the one message of the request, and answers it elsewhere.
    private void accept(GrpcServerRequest<Buffer, Buffer> request, Call call) {
        Context eventLoop = vertx.getOrCreateContext();
        long timeoutMs = request.timeout();
        var context = new QueryContext(
                timeoutMs > 0 ? timeoutMs * 1_000_000 : TIMEOUT_NANOS_DEFAULT, bytesMax, PartialResponse.WARN);
        var reply = new ReplyStream(eventLoop, request, context);
        request.handler(message -> {
            byte[] bytes = message.getBytes();
            Thread.ofVirtual().name("store-api").start(() -> answer(call, bytes, context, reply));
        });
    }

    private void answer(Call call, byte[] message, QueryContext context, ReplyStream reply) {
        try {
            call.answer(message, context, reply);
            reply.end();
        } catch (InvalidProtocolBufferException e) {
            reply.fail(GrpcStatus.INTERNAL, "not a valid request: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            GrpcStatus status = GrpcCode.of(e);
            if (status == GrpcStatus.INTERNAL) {
                log.error("answering a StoreAPI call failed", e);
            } else {
                log.debug("StoreAPI call ends with {}", status.name(), e);
            }
            reply.fail(status, String.valueOf(e.getMessage()));
        } finally {
            // Frees whatever still waits on behalf of the call.
            context.cancel();
        }
    }

    /// The context with the policy of the request, which is known only after the message was read.
    private QueryContext withPolicy(QueryContext outer, PartialResponse policy) {
        var inner = new QueryContext(outer.remainingNanos(), bytesMax, policy);
        outer.onCancel(inner::cancel);
        return inner;
    }

    private void series(byte[] message, QueryContext outer, ReplyStream reply) throws InvalidProtocolBufferException {
        SeriesRequest request = SeriesRequest.parseFrom(message);
        QueryContext context = withPolicy(
                outer,
                SeriesRequestCodec.partialResponse(
                        request.getPartialResponseStrategy(), request.getPartialResponseDisabled()));
        var restricted = restricted(request.hasHints() ? request.getHints() : null);
        new SeriesCall(restricted, request, context, reply).run();
    }

    private SeriesSource restricted(@org.jspecify.annotations.Nullable Any hints)
            throws InvalidProtocolBufferException {
        if (hints == null || !(source instanceof BlockHints blocks)) {
            return source;
        }
        var matchers = ModelCodec.matchers(
                SeriesRequestHints.parseFrom(hints.getValue()).getBlockMatchersList());
        return matchers.isEmpty() ? source : blocks.restrictedTo(matchers);
    }

    private void labelNames(byte[] message, QueryContext outer, ReplyStream reply)
            throws InvalidProtocolBufferException {
        LabelNamesRequest request = LabelNamesRequest.parseFrom(message);
        QueryContext context = withPolicy(
                outer,
                SeriesRequestCodec.partialResponse(
                        request.getPartialResponseStrategy(), request.getPartialResponseDisabled()));
        var selection = new Selection(
                ModelCodec.matchers(request.getMatchersList()), new TimeRange(request.getStart(), request.getEnd()));
        var response = LabelNamesResponse.newBuilder();
        List<ByteString> dropped = request.getWithoutReplicaLabelsList();
        SeriesSource asked = restricted(request.hasHints() ? request.getHints() : null);
        for (String name : asked.labelNames(selection, context)) {
            ByteString bytes = ModelCodec.bytes(name);
            if (!dropped.contains(bytes) && within(request.getLimit(), response.getNamesCount())) {
                response.addNames(bytes);
            }
        }
        context.notices().stream().map(Notice::toString).map(ModelCodec::bytes).forEach(response::addWarnings);
        if (asked instanceof BlockHints blocks) {
            var hints = LabelNamesResponseHints.newBuilder();
            blocks.queriedBlocks(selection)
                    .forEach(id -> hints.addQueriedBlocks(Block.newBuilder().setId(id)));
            response.setHints(any("LabelNamesResponseHints", hints.build()));
        }
        reply.write(response.build().toByteArray());
    }

    private void labelValues(byte[] message, QueryContext outer, ReplyStream reply)
            throws InvalidProtocolBufferException {
        LabelValuesRequest request = LabelValuesRequest.parseFrom(message);
        QueryContext context = withPolicy(
                outer,
                SeriesRequestCodec.partialResponse(
                        request.getPartialResponseStrategy(), request.getPartialResponseDisabled()));
        var response = LabelValuesResponse.newBuilder();
        var selection = new Selection(
                ModelCodec.matchers(request.getMatchersList()), new TimeRange(request.getStart(), request.getEnd()));
        if (request.getWithoutReplicaLabelsList().contains(request.getLabel())) {
            reply.write(response.build().toByteArray());
            return;
        }
        String label = ModelCodec.text(request.getLabel());
        SeriesSource asked = restricted(request.hasHints() ? request.getHints() : null);
        for (String value : asked.labelValues(label, selection, context)) {
            if (within(request.getLimit(), response.getValuesCount())) {
                response.addValues(ModelCodec.bytes(value));
            }
        }
        context.notices().stream().map(Notice::toString).map(ModelCodec::bytes).forEach(response::addWarnings);
        if (asked instanceof BlockHints blocks) {
            var hints = LabelValuesResponseHints.newBuilder();
            blocks.queriedBlocks(selection)
                    .forEach(id -> hints.addQueriedBlocks(Block.newBuilder().setId(id)));
            response.setHints(any("LabelValuesResponseHints", hints.build()));
        }
        reply.write(response.build().toByteArray());
    }

    private static boolean within(long limit, int count) {
        return limit <= 0 || count < limit;
    }

    private static Any any(String type, MessageLite message) {
        return Any.newBuilder()
                .setTypeUrl(HINTS_TYPE + type)
                .setValue(message.toByteString())
                .build();
    }
}
