package io.meridian.model.chunk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Encoded samples: the chunk's payload without its encoding byte and checksum, as a view of a shared array.
public final class EncodedChunk implements Chunk {
    private final ChunkEncoding encoding;
    private final long minMs;
    private final long maxMs;
    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final @Nullable ChunkOrigin origin;

    /// Keeps `bytes`; nobody may write to it any more.
    public EncodedChunk(ChunkEncoding encoding, long minMs, long maxMs, byte[] bytes, int offset, int length) {
        this(encoding, minMs, maxMs, bytes, offset, length, null);
    }

    /// The same, of a known origin.
    public EncodedChunk(
            ChunkEncoding encoding,
            long minMs,
            long maxMs,
            byte[] bytes,
            int offset,
            int length,
            @Nullable ChunkOrigin origin) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        this.encoding = encoding;
        this.minMs = minMs;
        this.maxMs = maxMs;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.origin = origin;
    }

    public EncodedChunk(ChunkEncoding encoding, long minMs, long maxMs, byte[] bytes) {
        this(encoding, minMs, maxMs, bytes, 0, bytes.length);
    }

    public ChunkEncoding encoding() {
        return encoding;
    }

    @Override
    public long minMs() {
        return minMs;
    }

    @Override
    public long maxMs() {
        return maxMs;
    }

    @Override
    public @Nullable ChunkOrigin origin() {
        return origin;
    }

    /// The array that holds the payload; read only.
    public byte[] array() {
        return bytes;
    }

    /// Where the payload begins in [#array], in bytes.
    public int offset() {
        return offset;
    }

    /// Length of the payload, in bytes.
    public int length() {
        return length;
    }

    public byte[] copyBytes() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    @Override
    public long retainedBytes() {
        return length + 48L;
    }

    /// Same encoding, same times, same bytes.
    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedChunk that
                && encoding == that.encoding
                && minMs == that.minMs
                && maxMs == that.maxMs
                && Arrays.equals(bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(minMs) + Long.hashCode(maxMs)) + length;
    }

    @Override
    public String toString() {
        return "%s[%d..%d, %d bytes]".formatted(encoding, minMs, maxMs, length);
    }
}
