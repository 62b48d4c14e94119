package io.meridian.tsdb.index;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.FileSink;
import io.meridian.tsdb.bytes.Spool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Writes an index of version 2, to the byte as Prometheus does: all symbols first, ascending; then all series,
/// ascending by labels; [#finish] adds the postings. The index itself is written front to back, so it may go straight
/// into a bucket; symbols and labels lie in temporary files meanwhile. Memory grows with the number of distinct label
/// pairs (24 bytes each) and series (4 bytes each), not with what they hold.
public final class IndexWriter implements AutoCloseable {
    private static final long SERIES_REF_MAX = 0xFFFFFFFFL;
    private static final int COPY_STEP = 1 << 16;

    private final ByteSink out;
    private final Spool symbolSpool;
    private final Spool labelSpool;
    private final int postingsRefsMax;
    private final ByteWriter entry = new ByteWriter(1 << 12);
    private final ByteWriter framed = new ByteWriter(1 << 12);
    private final PairTable pairs = new PairTable();
    private final long symbolsOffset;
    private int symbolCount;
    private @Nullable String lastSymbol;
    private int[] numbers = new int[64];
    private int[] lastLabels = new int[64];
    private int lastLabelsSize;
    private @Nullable SymbolIndex symbols;
    private int[] seriesRefs = new int[1 << 10];
    private int seriesCount;
    private long seriesOffset;
    private long previousRef = -1;
    private long seriesBytesMax;

    /// @throws java.nio.file.FileAlreadyExistsException if there is such a file
    public IndexWriter(Path path) throws IOException {
        this(new FileSink(path), path.resolveSibling(path.getFileName() + "."), PostingsWriter.ROUND_REFS);
    }

    /// @param out             where the index goes
    /// @param spool           path that the names of temporary files begin with
    /// @param postingsRefsMax references of series held at once while postings are written, 4 bytes each
    public IndexWriter(ByteSink out, Path spool, int postingsRefsMax) throws IOException {
        this.out = out;
        this.postingsRefsMax = postingsRefsMax;
        symbolSpool = new Spool(spool.resolveSibling(spool.getFileName() + "symbols.tmp"));
        labelSpool = new Spool(spool.resolveSibling(spool.getFileName() + "labels.tmp"));
        entry.be32(IndexFormat.MAGIC);
        entry.u8(IndexFormat.VERSION_2);
        write(entry);
        this.symbolsOffset = out.position();
        // The count comes first and is not known yet: it is written over in the copy.
        entry.clear();
        entry.be32(0);
        symbolSpool.write(entry);
    }

    private void write(ByteWriter bytes) throws IOException {
        out.write(bytes.array(), 0, bytes.size());
    }

    /// Bytes of the temporary files so far.
    public long spoolBytes() {
        return symbolSpool.size() + labelSpool.size();
    }

    /// Bytes in the heap that grow with series and label pairs.
    public long retainedBytes() {
        return 4L * seriesRefs.length + pairs.retainedBytes();
    }

    /// @throws IllegalArgumentException if it does not come after the one before in byte order
    public void addSymbol(String symbol) throws IOException {
        if (symbols != null) {
            throw new IllegalStateException("symbols come before series");
        }
        if (lastSymbol != null && Utf8.compare(lastSymbol, symbol) >= 0) {
            throw new IllegalArgumentException("symbols out of order: " + lastSymbol + ", then " + symbol);
        }
        lastSymbol = symbol;
        byte[] bytes = Utf8.encode(symbol);
        entry.clear();
        entry.uvarint(bytes.length);
        entry.bytes(bytes);
        symbolSpool.write(entry);
        symbolCount++;
    }

    private SymbolIndex startSeries() throws IOException {
        if (symbols == null) {
            var content = symbolSpool.bytes();
            long length = content.byteSize();
            if (length > SERIES_REF_MAX) {
                throw new IllegalArgumentException("symbol table too large: max=4 GiB, actual=" + length);
            }
            var crc = new CRC32C();
            entry.clear();
            entry.be32((int) length);
            write(entry);
            entry.clear();
            entry.be32(symbolCount);
            crc.update(entry.array(), 0, entry.size());
            write(entry);
            var step = new byte[COPY_STEP];
            for (long at = 4; at < length; ) {
                int n = (int) Math.min(step.length, length - at);
                MemorySegment.copy(content, ValueLayout.JAVA_BYTE, at, step, 0, n);
                crc.update(step, 0, n);
                out.write(step, 0, n);
                at += n;
            }
            entry.clear();
            entry.be32((int) crc.getValue());
            write(entry);
            symbols = new SymbolIndex(content.asSlice(4), symbolCount);
            seriesOffset = out.position();
        }
        return symbols;
    }

    /// Adds a series with its chunks, ascending by time, that lie at the given references.
    ///
    /// @param count how many entries of the arrays count
    /// @return the reference that postings and tombstones name it by
    /// @throws IllegalArgumentException if the labels do not come after those before, or use an unknown symbol
    public long addSeries(Labels labels, int count, long[] minMs, long[] maxMs, long[] chunkRefs) throws IOException {
        var known = startSeries();
        if (2 * labels.size() > numbers.length) {
            numbers = new int[4 * labels.size()];
        }
        for (int i = 0; i < labels.size(); i++) {
            numbers[2 * i] = known.indexOf(labels.name(i));
            numbers[2 * i + 1] = known.indexOf(labels.value(i));
        }
        return addSeries(numbers, 0, 2 * labels.size(), count, minMs, maxMs, chunkRefs);
    }

    /// As above, with the labels as numbers of symbols, names and values in turn: `labels[from .. to - 1]`.
    public long addSeries(int[] labels, int from, int to, int count, long[] minMs, long[] maxMs, long[] chunkRefs)
            throws IOException {
        var known = startSeries();
        if (seriesCount > 0 && Arrays.compare(labels, from, to, lastLabels, 0, lastLabelsSize) <= 0) {
            throw new IllegalArgumentException("series out of order: " + text(known, lastLabels, 0, lastLabelsSize)
                    + ", then " + text(known, labels, from, to));
        }
        lastLabelsSize = to - from;
        if (lastLabels.length < lastLabelsSize) {
            lastLabels = new int[2 * lastLabelsSize];
        }
        System.arraycopy(labels, from, lastLabels, 0, lastLabelsSize);
        entry.clear();
        entry.uvarint(lastLabelsSize / 2);
        for (int i = from; i < to; i += 2) {
            if (Math.min(labels[i], labels[i + 1]) < 0 || Math.max(labels[i], labels[i + 1]) >= symbolCount) {
                throw new IllegalArgumentException("no such symbol: " + labels[i] + " or " + labels[i + 1]);
            }
            entry.uvarint(labels[i]);
            entry.uvarint(labels[i + 1]);
            pairs.increment(PairTable.key(labels[i], labels[i + 1]));
        }
        labelSpool.write(entry);
        addChunks(count, minMs, maxMs, chunkRefs);
        return writeSeries();
    }

    private static Labels text(SymbolIndex known, int[] labels, int from, int to) {
        var builder = Labels.empty().toBuilder();
        for (int i = from; i < to; i += 2) {
            byte[] name = known.bytes(labels[i]);
            byte[] value = known.bytes(labels[i + 1]);
            builder.set(Utf8.decode(name, 0, name.length), Utf8.decode(value, 0, value.length));
        }
        return builder.build();
    }

    private void addChunks(int count, long[] minMs, long[] maxMs, long[] chunkRefs) {
        entry.uvarint(count);
        for (int i = 0; i < count; i++) {
            if (i == 0) {
                entry.varint(minMs[0]);
            } else {
                entry.uvarint(minMs[i] - maxMs[i - 1]);
            }
            entry.uvarint(maxMs[i] - minMs[i]);
            if (i == 0) {
                entry.uvarint(chunkRefs[0]);
            } else {
                entry.varint(chunkRefs[i] - chunkRefs[i - 1]);
            }
        }
    }

    private long writeSeries() throws IOException {
        out.align(IndexFormat.SERIES_ALIGNMENT);
        long ref = out.position() / IndexFormat.SERIES_ALIGNMENT;
        if (ref > SERIES_REF_MAX) {
            throw new IllegalArgumentException("index too large: series beyond 64 GiB");
        }
        framed.clear();
        framed.uvarint(entry.size());
        framed.bytes(entry.array(), 0, entry.size());
        framed.be32(Crc32c.of(entry.array(), 0, entry.size()));
        write(framed);
        if (seriesCount == seriesRefs.length) {
            seriesRefs = Arrays.copyOf(seriesRefs, seriesCount + (seriesCount >> 1));
        }
        seriesRefs[seriesCount++] = (int) ref;
        if (previousRef >= 0) {
            seriesBytesMax = Math.max(seriesBytesMax, (ref - previousRef) * IndexFormat.SERIES_ALIGNMENT);
        }
        previousRef = ref;
        return ref;
    }

    /// Number of series added.
    public int seriesCount() {
        return seriesCount;
    }

    /// The largest distance between two series in bytes (`index_stats.series_max_size`); 0 with fewer than two.
    public long seriesBytesMax() {
        return seriesBytesMax;
    }

    /// Writes postings, their table and the table of contents, and brings all to its place.
    ///
    /// @return size of the index in bytes
    public long finish() throws IOException {
        var known = startSeries();
        long postingsOffset = out.position();
        var writer = new PostingsWriter(out, known, pairs, postingsRefsMax);
        writer.writeLists(labelSpool.bytes(), seriesRefs, seriesCount);
        long tableOffset = out.position();
        writer.writeTable();
        out.write(new IndexToc(symbolsOffset, seriesOffset, postingsOffset, tableOffset, postingsOffset, tableOffset)
                .encode());
        long size = out.position();
        out.finish();
        return size;
    }

    @Override
    public void close() throws IOException {
        try (out;
                symbolSpool;
                labelSpool) {
            // all of them, whatever happens to one
        }
    }
}
