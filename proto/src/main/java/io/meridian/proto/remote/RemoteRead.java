package io.meridian.proto.remote;

import io.meridian.model.CorruptDataException;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.wire.prometheus.Query;
import io.meridian.proto.wire.prometheus.ReadRequest;
import io.meridian.proto.wire.prometheus.ReadRequest.ResponseType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.xerial.snappy.Snappy;

/// Requests of Prometheus' remote read: protobuf in one snappy block.
public final class RemoteRead {
    /// What a sampled answer is called.
    public static final String SAMPLES_TYPE = "application/x-protobuf";
    /// What a streamed answer is called.
    public static final String STREAMED_TYPE = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
    /// Largest body of a request or of a sampled answer, unpacked, in bytes.
    static final int BODY_BYTES_MAX = 1 << 30;

    private RemoteRead() {}

    /// A request as a server sees it.
    ///
    /// @param streamed whether the client prefers the streamed form
    public record Request(List<Selection> queries, boolean streamed) {}

    /// The body of a request for one selection; streamed chunks preferred, samples accepted.
    public static byte[] request(Selection selection) {
        var query = Query.newBuilder()
                .setStartTimestampMs(selection.range().minMs())
                .setEndTimestampMs(selection.range().maxMs());
        for (LabelMatcher matcher : selection.matchers()) {
            query.addMatchers(io.meridian.proto.wire.prometheus.LabelMatcher.newBuilder()
                    .setTypeValue(matcher.type().ordinal())
                    .setName(ModelCodec.bytes(matcher.name()))
                    .setValue(ModelCodec.bytes(matcher.value())));
        }
        return compress(ReadRequest.newBuilder()
                .addQueries(query)
                .addAcceptedResponseTypes(ResponseType.STREAMED_XOR_CHUNKS)
                .addAcceptedResponseTypes(ResponseType.SAMPLES)
                .build()
                .toByteArray());
    }

    /// Reads the body of a request.
    ///
    /// @throws CorruptDataException     if it is not snappy or not the message
    /// @throws IllegalArgumentException if a matcher is wrong, or no known form of answer is accepted
    public static Request parse(byte[] body) {
        ReadRequest request;
        try {
            request = ReadRequest.parseFrom(decompress("remote read request", body));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new CorruptDataException("remote read request", -1, String.valueOf(e.getMessage()));
        }
        var queries = new ArrayList<Selection>();
        for (Query query : request.getQueriesList()) {
            queries.add(new Selection(
                    matchers(query), new TimeRange(query.getStartTimestampMs(), query.getEndTimestampMs())));
        }
        return new Request(queries, isStreamed(request));
    }

    private static boolean isStreamed(ReadRequest request) {
        for (ResponseType type : request.getAcceptedResponseTypesList()) {
            switch (type) {
                case SAMPLES -> {
                    return false;
                }
                case STREAMED_XOR_CHUNKS -> {
                    return true;
                }
                case UNRECOGNIZED -> {}
            }
        }
        if (request.getAcceptedResponseTypesCount() > 0) {
            throw new IllegalArgumentException("server does not support any of the requested response types: "
                    + request.getAcceptedResponseTypesValueList() + "; supported: [SAMPLES STREAMED_XOR_CHUNKS]");
        }
        return false;
    }

    private static List<LabelMatcher> matchers(Query query) {
        var matchers = new ArrayList<LabelMatcher>();
        for (var wire : query.getMatchersList()) {
            LabelMatcher.Type[] types = LabelMatcher.Type.values();
            if (wire.getTypeValue() < 0 || wire.getTypeValue() >= types.length) {
                throw new IllegalArgumentException("invalid matcher type " + wire.getTypeValue());
            }
            matchers.add(LabelMatcher.of(
                    types[wire.getTypeValue()], ModelCodec.text(wire.getName()), ModelCodec.text(wire.getValue())));
        }
        return matchers;
    }

    static byte[] compress(byte[] bytes) {
        try {
            return Snappy.compress(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static byte[] decompress(String resource, byte[] body) {
        try {
            int length = Snappy.uncompressedLength(body);
            if (length < 0 || length > BODY_BYTES_MAX || length > 256L * body.length + 64) {
                throw new CorruptDataException(resource, 0, "unpacked length is out of bounds: " + length);
            }
            return Snappy.uncompress(body);
        } catch (IOException | org.xerial.snappy.SnappyError e) {
            throw new CorruptDataException(resource, 0, "not a snappy block: " + e.getMessage());
        }
    }
}
