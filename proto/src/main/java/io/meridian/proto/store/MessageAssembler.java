package io.meridian.proto.store;

import io.meridian.proto.codec.FrameSink;
import io.meridian.proto.codec.SeriesFrameReader;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts the bytes of a gRPC stream into its messages. They are copied once, many small ones into one array, a large one
/// into its own, each with slack behind it. For one thread.
///
/// What was given out is not written again; the bytes behind it may be, while it is read.
final class MessageAssembler {
    private static final int SEGMENT_BYTES_MIN = 4 << 10;
    private static final int SEGMENT_BYTES_MAX = 64 << 10;
    /// A message that says to be larger gets its memory as it comes.
    private static final int TRUSTED_BYTES_MAX = 1 << 20;

    private final byte[] prefix = new byte[FrameSink.PREFIX_BYTES];
    private int prefixFilled;
    /// Of the message that is under way; -1 while its prefix is.
    private int length = -1;

    private byte[] segment = {};
    private int segmentBytes = SEGMENT_BYTES_MIN;
    private int start;
    private int filled;

    /// Takes the next bytes of the stream.
    ///
    /// @return the messages that they complete, the first of a chain; null if there is none
    /// @throws IllegalStateException if this is not a stream of uncompressed messages that fit into arrays
    FrameStream.@Nullable Frame add(Buffer data) {
        FrameStream.Frame first = null;
        FrameStream.Frame last = null;
        int end = data.length();
        int at = 0;
        while (at < end) {
            if (length < 0) {
                prefix[prefixFilled++] = data.getByte(at++);
                if (prefixFilled < prefix.length) {
                    continue;
                }
                begin();
            }
            int count = Math.min(end - at, length - filled);
            if (segment.length - start < filled + count + SeriesFrameReader.SLACK_BYTES) {
                grow(filled + count);
            }
            data.getBytes(at, at + count, segment, start + filled);
            at += count;
            filled += count;
            if (filled == length) {
                var frame = new FrameStream.Frame(segment, start, length);
                if (last == null) {
                    first = frame;
                } else {
                    last.follow(frame);
                }
                last = frame;
                start += length;
                length = -1;
            }
        }
        return first;
    }

    /// Whether the stream may end here.
    boolean isBetweenMessages() {
        return length < 0 && prefixFilled == 0;
    }

    private void begin() {
        if (prefix[0] != 0) {
            throw new IllegalStateException("message is compressed, which was not asked for: flag=" + prefix[0]);
        }
        int size = (prefix[1] & 0xFF) << 24 | (prefix[2] & 0xFF) << 16 | (prefix[3] & 0xFF) << 8 | prefix[4] & 0xFF;
        if (size < 0 || size > Integer.MAX_VALUE - 8 - SeriesFrameReader.SLACK_BYTES) {
            throw new IllegalStateException("message is too large: bytes=" + Integer.toUnsignedString(size));
        }
        length = size;
        prefixFilled = 0;
        filled = 0;
        if (segment.length - start < size + SeriesFrameReader.SLACK_BYTES) {
            int bytes = Math.max(Math.min(size, TRUSTED_BYTES_MAX), segmentBytes);
            segment = new byte[bytes + SeriesFrameReader.SLACK_BYTES];
            segmentBytes = Math.min(2 * segmentBytes, SEGMENT_BYTES_MAX);
            start = 0;
        }
    }

    /// Only for a message that is alone in its array.
    private void grow(int needed) {
        int bytes = (int) Math.min(length, Math.max(needed, 2L * segment.length));
        segment = Arrays.copyOf(segment, bytes + SeriesFrameReader.SLACK_BYTES);
    }
}
