package io.meridian.tsdb.index;

import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// Turns the series of an index being written into postings: how long each list is was counted before, so lists are
/// filled in by reading the series' labels once more, in as many rounds as a bound on memory asks for.
final class PostingsWriter {
    /// References held at once: 128 MiB.
    static final int ROUND_REFS = 32 << 20;

    private static final int ALIGNMENT = 4;

    private static final byte[] NOTHING = new byte[0];

    private final ByteSink out;
    private final SymbolIndex symbols;
    private final PairTable pairs;
    private final long[] keys;
    private final long[] offsets;
    private final int roundRefs;
    private long allOffset;
    private int nameNumber = -1;
    private byte[] name = NOTHING;

    PostingsWriter(ByteSink out, SymbolIndex symbols, PairTable pairs, int roundRefs) {
        this.out = out;
        this.symbols = symbols;
        this.pairs = pairs;
        this.keys = pairs.sortedKeys();
        this.offsets = new long[keys.length];
        this.roundRefs = roundRefs;
    }

    /// @param labels of each series in turn: number of pairs, then numbers of names and values
    void writeLists(MemorySegment labels, int[] seriesRefs, int seriesCount) throws IOException {
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
            writeRound(list, labels, seriesRefs, seriesCount, from, to, (int) total, counts);
            from = to;
        }
    }

    private void writeRound(
            ByteWriter list,
            MemorySegment labels,
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
        collect(labels, seriesRefs, seriesCount, keys[from], keys[to - 1], refs);
        int start = 0;
        for (int i = from; i < to; i++) {
            offsets[i] = out.position();
            writeList(list, refs, start, start + counts[i]);
            start += counts[i];
        }
    }

    /// Reads the labels of all series and puts their references into the lists of this round.
    private void collect(
            MemorySegment labels, int[] seriesRefs, int seriesCount, long firstKey, long lastKey, int[] refs) {
        var in = new SegmentCursor("labels", labels, 0);
        for (int i = 0; i < seriesCount; i++) {
            int pairCount = (int) in.uvarint();
            for (int pair = 0; pair < pairCount; pair++) {
                long key = PairTable.key((int) in.uvarint(), (int) in.uvarint());
                if (key >= firstKey && key <= lastKey) {
                    refs[pairs.getAndIncrement(key)] = seriesRefs[i];
                }
            }
        }
    }

    private void writeList(ByteWriter list, int[] refs, int from, int to) throws IOException {
        list.clear();
        list.be32(4 * (to - from) + 4);
        list.be32(to - from);
        for (int i = from; i < to; i++) {
            list.be32(refs[i]);
        }
        list.be32(Crc32c.of(list.array(), 4, list.size() - 4));
        out.write(list.array(), 0, list.size());
    }

    /// Its length stands before it, so that entries are measured first.
    void writeTable() throws IOException {
        var entry = new ByteWriter(256);
        long length = 4;
        for (int i = -1; i < keys.length; i++) {
            encodeEntry(entry, i);
            length += entry.size();
        }
        if (length > 0xFFFFFFFFL) {
            throw new IllegalArgumentException("postings table too large: max=4 GiB, actual=" + length);
        }
        var crc = new CRC32C();
        entry.clear();
        entry.be32((int) length);
        entry.be32(keys.length + 1);
        crc.update(entry.array(), 4, 4);
        out.write(entry.array(), 0, entry.size());
        for (int i = -1; i < keys.length; i++) {
            encodeEntry(entry, i);
            crc.update(entry.array(), 0, entry.size());
            out.write(entry.array(), 0, entry.size());
        }
        entry.clear();
        entry.be32((int) crc.getValue());
        out.write(entry.array(), 0, entry.size());
    }

    /// @param number of the pair; -1 for the list of all series
    private void encodeEntry(ByteWriter entry, int number) {
        byte[] value = NOTHING;
        if (number < 0) {
            nameNumber = -1;
            name = NOTHING;
        } else {
            if ((int) (keys[number] >>> 32) != nameNumber) {
                nameNumber = (int) (keys[number] >>> 32);
                name = symbols.bytes(nameNumber);
            }
            value = symbols.bytes((int) keys[number]);
        }
        entry.clear();
        entry.u8(2);
        entry.uvarint(name.length);
        entry.bytes(name);
        entry.uvarint(value.length);
        entry.bytes(value);
        entry.uvarint(number < 0 ? allOffset : offsets[number]);
    }
}
