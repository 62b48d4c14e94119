package io.meridian.tsdb.bytes;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The checksum of all of Prometheus' files: CRC-32 with the Castagnoli polynomial.
public final class Crc32c {
    private static final long SLICE = 1L << 30;

    private Crc32c() {}

    public static int of(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    public static int of(MemorySegment segment) {
        var crc = new CRC32C();
        for (long at = 0; at < segment.byteSize(); at += SLICE) {
            crc.update(segment.asSlice(at, Math.min(SLICE, segment.byteSize() - at))
                    .asByteBuffer());
        }
        return (int) crc.getValue();
    }
}
