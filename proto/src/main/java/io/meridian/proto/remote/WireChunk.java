package io.meridian.proto.remote;

import io.meridian.model.CorruptDataException;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.proto.codec.ProtoReader;

/// One chunk of a remote read, where it was received; used again for the next one.
final class WireChunk {
    private static final int MIN_TIME = 1 << 3;
    private static final int MAX_TIME = 2 << 3;
    private static final int TYPE = 3 << 3;
    private static final int DATA = 4 << 3 | ProtoReader.BYTES;

    ChunkEncoding encoding = ChunkEncoding.XOR;
    long minMs;
    long maxMs;
    int from;
    int length;

    /// Reads the message that follows its tag.
    ///
    /// @throws CorruptDataException if it is none, or the chunk's encoding is unknown
    void read(ProtoReader in) {
        minMs = 0;
        maxMs = 0;
        length = 0;
        long type = 0;
        int outer = in.enter();
        from = in.position();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case MIN_TIME -> minMs = in.varint();
                case MAX_TIME -> maxMs = in.varint();
                case TYPE -> type = in.varint();
                case DATA -> {
                    length = in.length();
                    from = in.take(length);
                }
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        if (type < ChunkEncoding.XOR.id() || type > ChunkEncoding.FLOAT_HISTOGRAM_ST.id()) {
            throw in.corrupt("chunk of unknown encoding " + type);
        }
        encoding = ChunkEncoding.ofId((int) type);
    }

    EncodedChunk of(byte[] bytes) {
        return new EncodedChunk(encoding, minMs, maxMs, bytes, from, length);
    }
}
