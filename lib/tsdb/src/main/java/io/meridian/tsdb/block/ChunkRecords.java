package io.meridian.tsdb.block;

import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import java.util.Arrays;

/// Chunks as they lie in their segments, length field and checksum included, verified: to be copied as they are.
/// Filled again and again by its owner ([ChunkReader#read(SeriesColumns, int, int, ChunkRecords,
/// io.meridian.model.QueryContext)]). Not thread-safe.
public final class ChunkRecords {
    private static final ChunkEncoding[] ENCODINGS = new ChunkEncoding[256];

    static {
        for (var encoding : ChunkEncoding.values()) {
            ENCODINGS[encoding.id()] = encoding;
        }
    }

    /// Where the records are; not all of it is.
    byte[] bytes = new byte[0];

    private int bytesUsed;
    private int size;
    private int[] starts = new int[0];
    private int[] lengths = new int[0];
    private int[] payloads = new int[0];
    private byte[] encodings = new byte[0];
    private int[] samples = new int[0];
    private long[] minMs = new long[0];
    private long[] maxMs = new long[0];

    void begin(int count) {
        bytesUsed = 0;
        size = count;
        if (starts.length < count) {
            int capacity = count + (count >> 1);
            starts = new int[capacity];
            lengths = new int[capacity];
            payloads = new int[capacity];
            encodings = new byte[capacity];
            samples = new int[capacity];
            minMs = new long[capacity];
            maxMs = new long[capacity];
        }
    }

    /// Room for bytes to be read, valid when all room was asked for.
    int reserve(long length) {
        int from = bytesUsed;
        bytesUsed = Math.toIntExact(bytesUsed + length);
        return from;
    }

    void allocate() {
        if (bytes.length < bytesUsed) {
            bytes = Arrays.copyOf(bytes, Math.max(bytesUsed, Math.min(bytes.length, Integer.MAX_VALUE / 4) * 3 / 2));
        }
    }

    void set(int index, int start, int payload, int payloadLength, ChunkEncoding encoding, long firstMs, long lastMs) {
        starts[index] = start;
        payloads[index] = payload;
        lengths[index] = payload - start + payloadLength + ChunkFormat.CRC_LENGTH;
        encodings[index] = (byte) encoding.id();
        minMs[index] = firstMs;
        maxMs[index] = lastMs;
        samples[index] = ChunkSampleCount.of(encoding, firstMs, lastMs, bytes, payload, payloadLength);
    }

    public int size() {
        return size;
    }

    int start(int index) {
        return starts[index];
    }

    /// Of the whole record.
    int length(int index) {
        return lengths[index];
    }

    /// The records; others may lie between them.
    public byte[] array() {
        return bytes;
    }

    /// Where a chunk's payload begins in [#array].
    public int payloadOffset(int index) {
        return payloads[index];
    }

    public int payloadLength(int index) {
        return starts[index] + lengths[index] - ChunkFormat.CRC_LENGTH - payloads[index];
    }

    /// Time of the first sample, in milliseconds.
    public long minMs(int index) {
        return minMs[index];
    }

    /// Time of the last sample, in milliseconds, inclusive.
    public long maxMs(int index) {
        return maxMs[index];
    }

    public ChunkEncoding encoding(int index) {
        return ENCODINGS[encodings[index] & 0xFF];
    }

    /// Number of samples; of a downsampled chunk, of its windows.
    public int sampleCount(int index) {
        return samples[index];
    }

    /// The chunk by itself, as a view of these bytes: valid until they are read anew.
    public EncodedChunk chunk(int index) {
        return new EncodedChunk(
                encoding(index), minMs[index], maxMs[index], bytes, payloads[index], payloadLength(index));
    }
}
