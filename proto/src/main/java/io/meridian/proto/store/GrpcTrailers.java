package io.meridian.proto.store;

import io.meridian.model.Utf8;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads how a gRPC answer ended: a number, and a text whose bytes are percent-encoded.
final class GrpcTrailers {
    private static final int RADIX = 16;

    private GrpcTrailers() {}

    /// UNKNOWN for a number without a name; null if it is no number.
    static @Nullable GrpcStatus status(String number) {
        try {
            GrpcStatus status = GrpcStatus.valueOf(Integer.parseInt(number.trim()));
            return status == null ? GrpcStatus.UNKNOWN : status;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /// The text; what is not encoded as it should be stays as it is.
    static String text(String encoded) {
        if (encoded.indexOf('%') < 0) {
            return encoded;
        }
        byte[] from = encoded.getBytes(StandardCharsets.UTF_8);
        var to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            int high = from[i] == '%' && i + 2 < from.length ? Character.digit(from[i + 1], RADIX) : -1;
            int low = high < 0 ? -1 : Character.digit(from[i + 2], RADIX);
            if (low >= 0) {
                to[length++] = (byte) (high * RADIX + low);
                i += 2;
            } else {
                to[length++] = from[i];
            }
        }
        return Utf8.decode(to, 0, length);
    }
}
