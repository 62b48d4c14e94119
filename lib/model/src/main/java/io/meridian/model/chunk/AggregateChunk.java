package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A downsampled chunk: up to five encoded sub-chunks, one per [Aggregate].
public final class AggregateChunk implements Chunk {
    private static final int AGGREGATE_COUNT = Aggregate.values().length;

    private final long minMs;
    private final long maxMs;
    private final long resolutionMs;
    private final @Nullable EncodedChunk[] parts;

    /// @param resolutionMs width of a window, or 0 where it is not known (Thanos' StoreAPI does not tell)
    /// @param parts        indexed by [Aggregate#ordinal]; absent ones are null
    public AggregateChunk(long minMs, long maxMs, long resolutionMs, @Nullable EncodedChunk[] parts) {
        if (parts.length != AGGREGATE_COUNT) {
            throw new IllegalArgumentException("aggregates: expected=" + AGGREGATE_COUNT + ", actual=" + parts.length);
        }
        this.minMs = minMs;
        this.maxMs = maxMs;
        this.resolutionMs = resolutionMs;
        this.parts = parts.clone();
    }

    /// Reads the payload of a chunk with encoding 0xFF: five slots in the order of [Aggregate], each
    /// `uvarint length | encoding, bytes`, or only a length of 0 where it is absent.
    ///
    /// The parts get the times of the whole chunk, though the first sample of a counter may lie before them.
    ///
    /// @throws CorruptDataException if the slots do not fill the payload exactly
    public static AggregateChunk parse(long minMs, long maxMs, long resolutionMs, byte[] data, int offset, int length) {
        return parse(minMs, maxMs, resolutionMs, data, offset, length, null);
    }

    /// The same, of a known origin.
    public static AggregateChunk parse(
            long minMs,
            long maxMs,
            long resolutionMs,
            byte[] data,
            int offset,
            int length,
            @Nullable ChunkOrigin origin) {
        Objects.checkFromIndexSize(offset, length, data.length);
        @Nullable EncodedChunk[] parts = new EncodedChunk[AGGREGATE_COUNT];
        int end = offset + length;
        int at = offset;
        for (int slot = 0; slot < AGGREGATE_COUNT; slot++) {
            long size = 0;
            int shift = 0;
            byte next;
            do {
                if (at == end || shift > 28) {
                    throw corrupt(at - offset, "length of the slot is cut off or too large", slot);
                }
                next = data[at++];
                size |= (next & 0x7FL) << shift;
                shift += 7;
            } while (next < 0);
            if (size == 0) {
                continue;
            }
            if (size + 1 > end - at) {
                throw corrupt(at - offset, "slot needs %d bytes, left=%d".formatted(size + 1, end - at), slot);
            }
            parts[slot] = part(minMs, maxMs, data, offset, at, (int) size, slot, origin);
            at += 1 + (int) size;
        }
        if (at != end) {
            throw corrupt(at - offset, (end - at) + " bytes follow", AGGREGATE_COUNT - 1);
        }
        return new AggregateChunk(minMs, maxMs, resolutionMs, parts);
    }

    private static EncodedChunk part(
            long minMs, long maxMs, byte[] data, int offset, int at, int size, int slot, @Nullable ChunkOrigin origin) {
        int id = data[at] & 0xFF;
        if (!ChunkEncoding.isKnown(id) || id == ChunkEncoding.AGGREGATE.id()) {
            throw corrupt(at - offset, "encoding cannot stand in an aggregate: " + id, slot);
        }
        return new EncodedChunk(ChunkEncoding.ofId(id), minMs, maxMs, data, at + 1, size, origin);
    }

    private static CorruptDataException corrupt(int at, String detail, int slot) {
        return new CorruptDataException("aggregate chunk", at, Aggregate.values()[slot] + ": " + detail);
    }

    /// The payload that [#parse] reads.
    public byte[] encode() {
        var out = new ByteArrayOutputStream();
        for (EncodedChunk part : parts) {
            int rest = part == null ? 0 : part.length();
            while ((rest & ~0x7F) != 0) {
                out.write(rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            out.write(rest);
            if (part != null && part.length() > 0) {
                out.write(part.encoding().id());
                out.write(part.array(), part.offset(), part.length());
            }
        }
        return out.toByteArray();
    }

    @Override
    public long minMs() {
        return minMs;
    }

    @Override
    public long maxMs() {
        return maxMs;
    }

    public long resolutionMs() {
        return resolutionMs;
    }

    public @Nullable EncodedChunk part(Aggregate aggregate) {
        return parts[aggregate.ordinal()];
    }

    /// The chunk without all other aggregates.
    public AggregateChunk retaining(Set<Aggregate> aggregates) {
        @Nullable EncodedChunk[] kept = new EncodedChunk[AGGREGATE_COUNT];
        for (var aggregate : aggregates) {
            kept[aggregate.ordinal()] = parts[aggregate.ordinal()];
        }
        return new AggregateChunk(minMs, maxMs, resolutionMs, kept);
    }

    @Override
    public @Nullable ChunkOrigin origin() {
        for (EncodedChunk part : parts) {
            if (part != null) {
                return part.origin();
            }
        }
        return null;
    }

    @Override
    public long retainedBytes() {
        long sum = 64;
        for (var part : parts) {
            sum += part == null ? 0 : part.retainedBytes();
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AggregateChunk that
                && minMs == that.minMs
                && maxMs == that.maxMs
                && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(minMs) + Long.hashCode(maxMs)) + Arrays.hashCode(parts);
    }
}
