package io.meridian.tsdb.index;

import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.FileSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Turns the series of an index being written into postings: how long each list is was counted before, so lists are
/// filled in by reading the series once more, in as many rounds as a bound on memory asks for.
final class PostingsWriter {
    /// References held at once: 128 MiB.
    private static final int ROUND_REFS = 32 << 20;

    private static final int ALIGNMENT = 4;

    /// Length of the entry and number of labels at most.
    private static final int HEAD_LENGTH = 16;

    private static final int PAIR_LENGTH_MAX = 10;

    private final FileSink out;
    private final SymbolIndex symbols;
    private final PairTable pairs;
    private final long[] keys;
    private final long[] offsets;
    private final int roundRefs;
    private long allOffset;

    PostingsWriter(FileSink out, SymbolIndex symbols, PairTable pairs) {
        this(out, symbols, pairs, ROUND_REFS);
    }

    PostingsWriter(FileSink out, SymbolIndex symbols, PairTable pairs, int roundRefs) {
        this.out = out;
        this.symbols = symbols;
        this.pairs = pairs;
        this.keys = pairs.sortedKeys();
        this.offsets = new long[keys.length];
        this.roundRefs = roundRefs;
    }

    void writeLists(long seriesOffset, int[] seriesRefs, int seriesCount) throws IOException {
        var list = new ByteWriter(1 << 16);
        out.align(ALIGNMENT);
        allOffset = out.position();
        writeList(list, seriesRefs, 0, seriesCount);
        var counts = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            counts[i] = pairs.get(keys[i]);
        }
        for (int from = 0; from < keys.length; ) {
            int to = from;
            long total = 0;
            while (to < keys.length && (to == from || total + counts[to] <= roundRefs)) {
                total += counts[to++];
            }
            writeRound(list, seriesOffset, seriesRefs, seriesCount, from, to, (int) total, counts);
            from = to;
        }
    }

    private void writeRound(
            ByteWriter list,
            long seriesOffset,
            int[] seriesRefs,
            int seriesCount,
            int from,
            int to,
            int total,
            int[] counts)
            throws IOException {
        var refs = new int[total];
        int next = 0;
        for (int i = from; i < to; i++) {
            pairs.set(keys[i], next);
            next += counts[i];
        }
        try (var arena = Arena.ofConfined()) {
            collect(out.map(0, arena), seriesOffset, seriesRefs, seriesCount, keys[from], keys[to - 1], refs);
        }
        int start = 0;
        for (int i = from; i < to; i++) {
            offsets[i] = out.position();
            writeList(list, refs, start, start + counts[i]);
            start += counts[i];
        }
    }

    /// Reads the labels of all series and puts their references into the lists of this round.
    private void collect(
            MemorySegment index,
            long seriesOffset,
            int[] seriesRefs,
            int seriesCount,
            long firstKey,
            long lastKey,
            int[] refs) {
        var bytes = new byte[1 << 12];
        for (int i = 0; i < seriesCount; i++) {
            long offset = (seriesRefs[i] & 0xFFFFFFFFL) * IndexFormat.SERIES_ALIGNMENT;
            assert offset >= seriesOffset;
            var in = head(index, offset, bytes, HEAD_LENGTH);
            in.uvarint();
            int pairCount = (int) in.uvarint();
            int needed = HEAD_LENGTH + PAIR_LENGTH_MAX * pairCount;
            bytes = bytes.length < needed ? new byte[needed] : bytes;
            in = head(index, offset, bytes, needed);
            in.uvarint();
            in.uvarint();
            for (int pair = 0; pair < pairCount; pair++) {
                long key = PairTable.key((int) in.uvarint(), (int) in.uvarint());
                if (key >= firstKey && key <= lastKey) {
                    refs[pairs.getAndIncrement(key)] = seriesRefs[i];
                }
            }
        }
    }

    private static ByteReader head(MemorySegment index, long offset, byte[] bytes, int length) {
        int n = (int) Math.min(length, index.byteSize() - offset);
        MemorySegment.copy(index, ValueLayout.JAVA_BYTE, offset, bytes, 0, n);
        return new ByteReader("series", bytes, 0, n, offset);
    }

    private void writeList(ByteWriter list, int[] refs, int from, int to) throws IOException {
        list.clear();
        list.be32(4 * (to - from) + 4);
        list.be32(to - from);
        for (int i = from; i < to; i++) {
            list.be32(refs[i]);
        }
        list.be32(Crc32c.of(list.array(), 4, list.size() - 4));
        out.write(list);
    }

    void writeTable() throws IOException {
        var head = new ByteWriter(8);
        long start = out.position();
        out.write(new byte[4]);
        head.be32(keys.length + 1);
        out.write(head);
        var entry = new ByteWriter(256);
        writeEntry(entry, new byte[0], new byte[0], allOffset);
        int nameNumber = -1;
        byte[] name = new byte[0];
        for (int i = 0; i < keys.length; i++) {
            if ((int) (keys[i] >>> 32) != nameNumber) {
                nameNumber = (int) (keys[i] >>> 32);
                name = symbols.bytes(nameNumber);
            }
            writeEntry(entry, name, symbols.bytes((int) keys[i]), offsets[i]);
        }
        long length = out.position() - start - 4;
        if (length > 0xFFFFFFFFL) {
            throw new IllegalArgumentException("postings table too large: max=4 GiB, actual=" + length);
        }
        head.clear();
        head.be32((int) length);
        out.patch(start, head.toByteArray());
        try (var arena = Arena.ofConfined()) {
            head.clear();
            head.be32(Crc32c.of(out.map(0, arena).asSlice(start + 4, length)));
        }
        out.write(head);
    }

    private void writeEntry(ByteWriter entry, byte[] name, byte[] value, long offset) throws IOException {
        entry.clear();
        entry.u8(2);
        entry.uvarint(name.length);
        entry.bytes(name);
        entry.uvarint(value.length);
        entry.bytes(value);
        entry.uvarint(offset);
        out.write(entry);
    }
}
