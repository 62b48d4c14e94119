package io.meridian.proto.codec;

/// Takes finished messages of a stream, each behind its gRPC prefix: a zero byte and its length in four.
@FunctionalInterface
public interface FrameSink {
    /// Bytes before each message.
    int PREFIX_BYTES = 5;

    /// May block; the array is the caller's again afterwards.
    ///
    /// @param length bytes of one or more whole messages
    void send(byte[] bytes, int offset, int length);
}
