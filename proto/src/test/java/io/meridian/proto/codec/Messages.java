package io.meridian.proto.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collection;

/// Takes the messages of a stream apart.
final class Messages {
    private Messages() {}

    static FrameSink into(Collection<byte[]> messages) {
        return (bytes, offset, length) -> {
            var in = ByteBuffer.wrap(bytes, offset, length);
            while (in.hasRemaining()) {
                assertThat(in.get()).isZero();
                byte[] message = new byte[in.getInt()];
                in.get(message);
                messages.add(message);
            }
        };
    }
}
