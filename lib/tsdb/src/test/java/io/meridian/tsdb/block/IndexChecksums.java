package io.meridian.tsdb.block;

import io.meridian.tsdb.bytes.Crc32c;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// Damages one section of an index of version 2 and makes its checksum fit again.
final class IndexChecksums {
    private static final int TOC_LENGTH = 52;

    private IndexChecksums() {}

    /// Of the symbol table.
    static void repairSymbols(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        int from = (int) buffer.getLong(bytes.length - TOC_LENGTH) + 4;
        int length = buffer.getInt(from - 4);
        buffer.putInt(from + length, Crc32c.of(bytes, from, length));
    }

    static void damageAndRepair(byte[] bytes, RandomGenerator random) {
        var buffer = ByteBuffer.wrap(bytes);
        int toc = bytes.length - TOC_LENGTH;
        int from;
        int length;
        switch (random.nextInt(4)) {
            case 0 -> {
                from = toc;
                length = TOC_LENGTH - 4;
            }
            case 1 -> {
                from = (int) buffer.getLong(toc) + 4;
                length = buffer.getInt(from - 4);
            }
            case 2 -> {
                from = (int) buffer.getLong(toc + 40) + 4;
                length = buffer.getInt(from - 4);
            }
            default -> {
                // the first series
                from = ((int) buffer.getLong(toc + 8) + 15) / 16 * 16;
                length = bytes[from++];
            }
        }
        for (int k = random.nextInt(3); k >= 0; k--) {
            bytes[from + random.nextInt(length)] = (byte) random.nextInt(256);
        }
        buffer.putInt(from + length, Crc32c.of(bytes, from, length));
    }
}
