package io.meridian.proto.info;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.QueryException;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.FrameStream;
import io.meridian.proto.wire.InfoResponse;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Asks endpoints what they are.
public final class InfoClient {
    private static final long ANSWER_BYTES_MAX = 64L << 20;

    private InfoClient() {}

    /// Blocks, at most as long as the timeout.
    ///
    /// @throws QueryException if the endpoint does not answer in time, is not ready, or is none
    public static EndpointInfo ask(Endpoint endpoint, Duration timeout) {
        var context = new QueryContext(timeout.toNanos(), ANSWER_BYTES_MAX, PartialResponse.ABORT);
        try (FrameStream stream = FrameStream.open(
                endpoint, InfoService.NAME.fullyQualifiedName() + "/Info", new byte[0], context, Duration.ZERO)) {
            FrameStream.Frame frame = stream.next();
            if (frame == null) {
                throw new QueryException(Fault.STORE_UNAVAILABLE, endpoint.name() + ": empty answer to Info");
            }
            var response = InfoResponse.parseFrom(ByteBuffer.wrap(frame.bytes(), frame.offset(), frame.length()));
            while (frame != null) {
                frame = stream.next();
            }
            return InfoCodec.fromWire(response);
        } catch (InvalidProtocolBufferException e) {
            throw new QueryException(
                    Fault.STORE_UNAVAILABLE, endpoint.name() + ": unreadable answer to Info: " + e.getMessage(), e);
        }
    }
}
