package io.meridian.proto.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.Utf8;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.codec.SeriesRequestCodec;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.wire.LabelNamesRequest;
import io.meridian.proto.wire.LabelNamesResponse;
import io.meridian.proto.wire.LabelValuesRequest;
import io.meridian.proto.wire.LabelValuesResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// A StoreAPI endpoint as a source. Failures of the endpoint are thrown; whoever asks several endpoints decides what
/// they mean. Replica labels are kept.
public final class StoreClient implements SeriesSource {
    private static final long BATCH_SIZE = 64;

    private final Endpoint endpoint;
    private final Supplier<EndpointInfo> info;
    private final Duration responseTimeout;

    /// @param info            what the endpoint last said about itself
    /// @param responseTimeout longest wait for the next message of an answer; zero: as long as the query may take
    public StoreClient(Endpoint endpoint, Supplier<EndpointInfo> info, Duration responseTimeout) {
        this.endpoint = endpoint;
        this.info = info;
        this.responseTimeout = responseTimeout;
    }

    @Override
    public String name() {
        return endpoint.name();
    }

    @Override
    public List<Coverage> coverage() {
        return info.get().coverage();
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        byte[] request = SeriesRequestCodec.request(selection, context.partialResponse(), BATCH_SIZE)
                .toByteArray();
        context.countRead(1, 0);
        FrameStream stream = FrameStream.open(
                endpoint, StoreService.NAME.fullyQualifiedName() + "/Series", request, context, responseTimeout);
        EndpointInfo.StoreInfo store = info.get().store();
        boolean sorted = store != null && store.sorted();
        return new ReceivedSeriesSet(endpoint.name(), stream, context, sorted);
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        var request = LabelNamesRequest.newBuilder()
                .setPartialResponseStrategy(SeriesRequestCodec.strategy(context.partialResponse()))
                .setPartialResponseDisabled(context.partialResponse() == QueryContext.PartialResponse.ABORT)
                .setStart(selection.range().minMs())
                .setEnd(selection.range().maxMs())
                .addAllMatchers(ModelCodec.toWire(selection.matchers()))
                .setLimit(selection.hints().limit())
                .build();
        try {
            ByteString answer = call("LabelNames", request.toByteArray(), context);
            var response = LabelNamesResponse.parseFrom(answer);
            warn(response.getWarningsList(), context);
            return sorted(response.getNamesList());
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(e);
        }
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        var request = LabelValuesRequest.newBuilder()
                .setLabel(ModelCodec.bytes(labelName))
                .setPartialResponseStrategy(SeriesRequestCodec.strategy(context.partialResponse()))
                .setPartialResponseDisabled(context.partialResponse() == QueryContext.PartialResponse.ABORT)
                .setStart(selection.range().minMs())
                .setEnd(selection.range().maxMs())
                .addAllMatchers(ModelCodec.toWire(selection.matchers()))
                .setLimit(selection.hints().limit())
                .build();
        try {
            ByteString answer = call("LabelValues", request.toByteArray(), context);
            var response = LabelValuesResponse.parseFrom(answer);
            warn(response.getWarningsList(), context);
            return sorted(response.getValuesList());
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(e);
        }
    }

    private ByteString call(String method, byte[] request, QueryContext context) {
        context.countRead(1, 0);
        try (FrameStream stream = FrameStream.open(
                endpoint, StoreService.NAME.fullyQualifiedName() + "/" + method, request, context, responseTimeout)) {
            FrameStream.Frame frame = stream.next();
            ByteString answer = frame == null
                    ? ByteString.EMPTY
                    : ByteString.copyFrom(frame.bytes(), frame.offset(), frame.length());
            while (frame != null) {
                frame = stream.next();
            }
            return answer;
        }
    }

    private void warn(List<ByteString> warnings, QueryContext context) {
        for (ByteString warning : warnings) {
            context.sourceFailed(new Notice(endpoint.name(), ModelCodec.text(warning)), Fault.STORE_UNAVAILABLE);
        }
    }

    private static List<String> sorted(List<ByteString> texts) {
        return texts.stream()
                .map(ModelCodec::text)
                .sorted(Utf8::compare)
                .distinct()
                .toList();
    }

    private QueryException unreadable(InvalidProtocolBufferException e) {
        return new QueryException(
                Fault.STORE_UNAVAILABLE, endpoint.name() + ": answer is not of the StoreAPI: " + e.getMessage(), e);
    }
}
