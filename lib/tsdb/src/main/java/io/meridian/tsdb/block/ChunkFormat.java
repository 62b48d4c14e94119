package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.tsdb.bytes.ByteReader;

/// Named numbers of segment files (Prometheus `tsdb/docs/format/chunks.md`):
///
/// ```
/// magic <4b> · version <1b> · zeros <3b> · chunk …      chunk = length <uvarint> · encoding <1b> · data · CRC32 <4b>
/// ```
///
/// The length is that of the data; the checksum is over encoding and data.
final class ChunkFormat {
    static final int MAGIC = 0x85BD40DD;
    static final int VERSION = 1;
    static final int HEADER_LENGTH = 8;
    static final int LENGTH_LENGTH_MAX = 5;
    static final int ENCODING_LENGTH = 1;
    static final int CRC_LENGTH = 4;

    /// The number of samples, first in every payload of raw samples.
    private static final int COUNT_LENGTH = 2;

    /// Folder of the segments below the block's.
    static final String FOLDER = "chunks/";

    static final long SEGMENT_BYTES_MAX = 512L << 20;

    private static final int OFFSET_BITS = 32;

    private ChunkFormat() {}

    static long ref(int segment, long offset) {
        return (long) segment << OFFSET_BITS | offset;
    }

    /// Position in the block's list of segments.
    static int segment(long ref) {
        return (int) (ref >>> OFFSET_BITS);
    }

    /// A chunk whose checksum fits may be that of another block, or hold nothing: it has samples, and the first one is
    /// where the index says.
    ///
    /// @param bytes hold the payload at `data`
    /// @throws CorruptDataException if it is not so
    static void verifyBegin(
            String resource, long offset, ChunkEncoding encoding, byte[] bytes, int data, int length, long minMs) {
        if (encoding == ChunkEncoding.AGGREGATE) {
            return;
        }
        if (length < COUNT_LENGTH || (bytes[data] | bytes[data + 1]) == 0) {
            throw new CorruptDataException(resource, offset, "chunk holds no samples");
        }
        if (encoding == ChunkEncoding.XOR) {
            long first = new ByteReader(resource, bytes, data + COUNT_LENGTH, data + length, offset).varint();
            if (first != minMs) {
                throw new CorruptDataException(
                        resource,
                        offset,
                        "chunk does not begin when the index says: expected=" + minMs + ", actual=" + first);
            }
        }
    }

    /// Offset of the length field in the segment.
    static long offset(long ref) {
        return ref & 0xFFFFFFFFL;
    }
}
