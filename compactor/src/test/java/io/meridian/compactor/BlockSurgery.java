package io.meridian.compactor;

import io.meridian.tsdb.bytes.Crc32c;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Changes what an index or a segment says and makes the checksums fit again, so that nothing but the sense is wrong.
final class BlockSurgery {
    static final int SYMBOLS = 0;
    static final int SERIES = 1;
    static final int POSTINGS = 4;
    static final int POSTINGS_TABLE = 5;

    private static final int TOC_LENGTH = 52;
    private static final int CRC_LENGTH = 4;
    private static final int SEGMENT_HEADER_LENGTH = 8;

    private final byte[] bytes;
    private final ByteBuffer buffer;

    /// @param bytes changed in place
    BlockSurgery(byte[] bytes) {
        this.bytes = bytes;
        this.buffer = ByteBuffer.wrap(bytes);
    }

    /// Bytes that share a checksum, which lies behind them.
    record Part(int from, int length) {
        int end() {
            return from + length;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    Part toc() {
        return new Part(bytes.length - TOC_LENGTH, TOC_LENGTH - CRC_LENGTH);
    }

    private int offset(int section) {
        return (int) buffer.getLong(toc().from() + 8 * section);
    }

    Part symbols() {
        return table(SYMBOLS);
    }

    Part postingsTable() {
        return table(POSTINGS_TABLE);
    }

    private Part table(int section) {
        int at = offset(section);
        return new Part(at + 4, buffer.getInt(at));
    }

    /// The entries of the series.
    List<Part> series() {
        var entries = new ArrayList<Part>();
        for (int at = (offset(SERIES) + 15) / 16 * 16; at < offset(POSTINGS) - 5 && bytes[at] != 0; ) {
            var entry = varintPart(at, 0);
            entries.add(entry);
            at = (entry.end() + CRC_LENGTH + 15) / 16 * 16;
        }
        return entries;
    }

    /// The lists of postings; the first one has all series.
    List<Part> postings() {
        var lists = new ArrayList<Part>();
        for (int at = (offset(POSTINGS) + 3) / 4 * 4; at < offset(POSTINGS_TABLE) - 4; ) {
            var list = new Part(at + 4, buffer.getInt(at));
            lists.add(list);
            at = (list.end() + CRC_LENGTH + 3) / 4 * 4;
        }
        return lists;
    }

    /// The chunks of a segment: encoding and payload.
    List<Part> chunks() {
        var chunks = new ArrayList<Part>();
        for (int at = SEGMENT_HEADER_LENGTH; at < bytes.length; ) {
            var chunk = varintPart(at, 1);
            chunks.add(chunk);
            at = chunk.end() + CRC_LENGTH;
        }
        return chunks;
    }

    private Part varintPart(int at, int more) {
        int length = bytes[at] & 0x7f;
        int next = at + 1;
        for (int shift = 7; bytes[next - 1] < 0; shift += 7) {
            length |= (bytes[next++] & 0x7f) << shift;
        }
        return new Part(next, length + more);
    }

    /// Makes the checksum fit again.
    void seal(Part part) {
        buffer.putInt(part.end(), Crc32c.of(bytes, part.from(), part.length()));
    }

    void set(Part part, int at, int value) {
        bytes[part.from() + at] = (byte) value;
        seal(part);
    }

    void setInt(Part part, int at, int value) {
        buffer.putInt(part.from() + at, value);
        seal(part);
    }

    void setLong(Part part, int at, long value) {
        buffer.putLong(part.from() + at, value);
        seal(part);
    }

    void swap(Part part, int a, int b, int length) {
        for (int i = 0; i < length; i++) {
            byte kept = bytes[part.from() + a + i];
            bytes[part.from() + a + i] = bytes[part.from() + b + i];
            bytes[part.from() + b + i] = kept;
        }
        seal(part);
    }

    /// Lets the list of all series be another list, which has a place of as many digits.
    void moveAllPostings(int list) {
        var table = postingsTable();
        int at = table.from() + 4 + 3;
        int offset = postings().get(list).from() - 4;
        for (; offset > 0x7f; offset >>>= 7) {
            bytes[at++] = (byte) (offset | 0x80);
        }
        bytes[at] = (byte) offset;
        seal(table);
    }

    /// Up to three random bytes of the part.
    void damage(Part part, RandomGenerator random) {
        for (int k = random.nextInt(3); k >= 0; k--) {
            bytes[part.from() + random.nextInt(part.length())] = (byte) random.nextInt(256);
        }
        seal(part);
    }
}
