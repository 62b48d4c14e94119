package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What can be trusted of an index that may be damaged. Every series entry has its own checksum, so series are found
/// even where header, postings and tables are lost; only the symbols are needed, and those stand in the postings table,
/// too. Nothing is guessed: what no checksum vouches for counts as lost.
///
/// Not thread-safe.
public final class SalvagedIndex {
    private static final int SECTION_LENGTH_LENGTH = 4;

    /// No entry is longer, so a damaged length field cannot lead far astray.
    private static final int ENTRY_LENGTH_MAX = 16 << 20;

    private static final int POSTINGS_BATCH = 1024;

    private final String resource;
    private final MemorySegment bytes;
    private final List<String> findings = new ArrayList<>();
    private final @Nullable IndexReader reader;
    private final int version;
    private final SymbolTable symbols;
    private final SeriesDecoder decoder;
    private final long seriesStart;
    private final long seriesEnd;
    private boolean searched;
    private int gaps;

    private SalvagedIndex(String resource, MemorySegment bytes) {
        this.resource = resource;
        this.bytes = bytes;
        this.version = version();
        this.reader = reader();
        IndexToc toc = reader == null ? toc() : reader.toc();
        long symbolsAt = toc == null ? IndexFormat.HEADER_LENGTH : toc.symbols();
        this.symbols = reader == null ? symbols(symbolsAt, toc) : reader.symbols();
        this.decoder = new SeriesDecoder(resource, symbols);
        long symbolsEnd = symbolsAt + SECTION_LENGTH_LENGTH + symbols.contentLength() + IndexFormat.CRC_LENGTH;
        this.seriesStart = toc == null ? aligned(symbolsEnd) : toc.series();
        this.seriesEnd = toc == null ? bytes.byteSize() - IndexFormat.TOC_LENGTH : toc.seriesEnd();
    }

    /// @param resource what the bytes are called in messages
    /// @throws CorruptDataException if nothing tells the labels of series any more
    public static SalvagedIndex of(String resource, MemorySegment bytes) {
        if (bytes.byteSize() < IndexFormat.HEADER_LENGTH + IndexFormat.TOC_LENGTH) {
            throw new CorruptDataException(resource, 0, "index is cut short: actual=" + bytes.byteSize());
        }
        return new SalvagedIndex(resource, bytes);
    }

    /// What is wrong with the index beside its series; empty if nothing is.
    public List<String> findings() {
        return List.copyOf(findings);
    }

    /// All symbols, ascending.
    public Iterable<String> symbols() {
        String previous = null;
        for (String symbol : symbols) {
            if (previous != null && Utf8.compare(previous, symbol) >= 0) {
                var sorted = new TreeSet<String>(Utf8::compare);
                symbols.forEach(sorted::add);
                return sorted;
            }
            previous = symbol;
        }
        return symbols;
    }

    private @Nullable IndexReader reader() {
        try {
            return IndexReader.of(resource, bytes);
        } catch (CorruptDataException e) {
            findings.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private int version() {
        int stored = bytes.get(ValueLayout.JAVA_BYTE, 4) & 0xFF;
        return stored == IndexFormat.VERSION_1 ? stored : IndexFormat.VERSION_2;
    }

    private @Nullable IndexToc toc() {
        try {
            long size = bytes.byteSize();
            var tail = bytes.asSlice(size - IndexFormat.TOC_LENGTH).toArray(ValueLayout.JAVA_BYTE);
            return IndexToc.parse(resource, tail, size);
        } catch (CorruptDataException e) {
            return null;
        }
    }

    private SymbolTable symbols(long at, @Nullable IndexToc toc) {
        try {
            var content = Section.content(resource, "symbol table", bytes, at, 0);
            return new SymbolTable(resource, content, at + SECTION_LENGTH_LENGTH, version);
        } catch (CorruptDataException e) {
            var rebuilt = toc == null ? null : rebuiltSymbols(toc);
            if (rebuilt == null) {
                throw new CorruptDataException(
                        resource, at, "the symbols are lost, so the labels of all series: " + e.getMessage());
            }
            findings.add("symbols were taken from the postings table");
            return rebuilt;
        }
    }

    /// The symbols that the postings table names, if they give the very bytes that were there: a checksum that fits
    /// them tells, or the bytes themselves where only the checksum was damaged.
    private @Nullable SymbolTable rebuiltSymbols(IndexToc toc) {
        PostingsTable table;
        try {
            var content = Section.content(resource, "postings table", bytes, toc.postingsTable(), 0);
            table = new PostingsTable(
                    resource,
                    content,
                    toc.postingsTable() + SECTION_LENGTH_LENGTH,
                    toc.postingsTable(),
                    IndexFormat.VERSION_1);
        } catch (CorruptDataException e) {
            return null;
        }
        var all = new TreeSet<String>(Utf8::compare);
        for (String name : table.names()) {
            all.add(name);
            table.values(name, "", (value, _) -> {
                all.add(value);
                return true;
            });
        }
        var without = encoded(all);
        all.add("");
        for (byte[] content : List.of(without, encoded(all))) {
            long at = toc.symbols();
            long crcAt = at + SECTION_LENGTH_LENGTH + content.length;
            if (crcAt + IndexFormat.CRC_LENGTH > bytes.byteSize()) {
                continue;
            }
            boolean fits = bytes.get(SegmentCursor.BE32, crcAt) == Crc32c.of(content, 0, content.length);
            boolean same = MemorySegment.mismatch(
                            bytes, at + SECTION_LENGTH_LENGTH, crcAt, MemorySegment.ofArray(content), 0, content.length)
                    < 0;
            if (fits || same) {
                return new SymbolTable(resource, MemorySegment.ofArray(content), at + SECTION_LENGTH_LENGTH, version);
            }
        }
        return null;
    }

    private static byte[] encoded(SequencedSet<String> symbols) {
        var out = new ByteWriter(1024);
        out.be32(symbols.size());
        for (String symbol : symbols) {
            byte[] utf8 = Utf8.encode(symbol);
            out.uvarint(utf8.length);
            out.bytes(utf8, 0, utf8.length);
        }
        return out.toByteArray();
    }

    private long aligned(long offset) {
        int scale = IndexFormat.refScale(version);
        return (offset + scale - 1) / scale * scale;
    }

    /// References of all series that there are, or of those that can still be found, ascending.
    public long[] refs() {
        if (reader != null) {
            try {
                return Postings.toArray(reader.postings("", ""));
            } catch (CorruptDataException e) {
                findings.add("the list of all series: " + e.getMessage());
            }
        }
        return scan();
    }

    /// Whether series had to be searched for, as no list of them is left.
    public boolean isSearched() {
        return searched;
    }

    /// Stretches between series that were found in which something was that cannot be read.
    public int gaps() {
        return gaps;
    }

    private long[] scan() {
        searched = true;
        int scale = IndexFormat.refScale(version);
        var refs = new long[1024];
        int count = 0;
        long at = seriesStart;
        long expected = at;
        while (at < seriesEnd) {
            byte[] entry = entryAt(at);
            if (entry == null || !isEntry(at, entry)) {
                at += scale;
                continue;
            }
            if (count == refs.length) {
                refs = Arrays.copyOf(refs, 2 * count);
            }
            refs[count++] = at / scale;
            gaps += at == expected ? 0 : 1;
            at = aligned(at + entry.length);
            expected = at;
        }
        return Arrays.copyOf(refs, count);
    }

    private boolean isEntry(long at, byte[] entry) {
        try {
            decoder.decode(at, entry, 0, entry.length, at, TimeRange.ALL, false, QueryContext.unlimited());
            return true;
        } catch (CorruptDataException e) {
            return false;
        }
    }

    /// The bytes that an entry's length field claims; null if that cannot be.
    private byte @Nullable [] entryAt(long at) {
        long left = seriesEnd - at;
        int headLength = (int) Math.min(left, SeriesDecoder.LENGTH_LENGTH_MAX);
        byte[] head = bytes.asSlice(at, headLength).toArray(ValueLayout.JAVA_BYTE);
        // Padding would pass for an entry without content, whose checksum is 0, too.
        if (head.length == 0 || head[0] == 0) {
            return null;
        }
        long length;
        try {
            length = decoder.entryLength(head, 0, headLength, at);
        } catch (CorruptDataException e) {
            return null;
        }
        return length < 0 || length > left || length > ENTRY_LENGTH_MAX
                ? null
                : bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /// The entry of a series, its checksum verified; null if the series has no chunks.
    ///
    /// @throws CorruptDataException if it is damaged
    public @Nullable SeriesEntry entry(long ref) {
        long at = ref * IndexFormat.refScale(version);
        byte[] entry = at < seriesStart || at >= seriesEnd ? null : entryAt(at);
        if (entry == null) {
            throw new CorruptDataException(resource, at, "there is no series entry");
        }
        return decoder.decode(ref, entry, 0, entry.length, at, TimeRange.ALL, false, QueryContext.unlimited());
    }

    /// Labels of series whose entries are damaged, as far as postings tell them.
    public Map<Long, Labels> labelsByPostings(Set<Long> refs) {
        var found = new TreeMap<Long, Labels.Builder>();
        if (reader == null || refs.isEmpty()) {
            return Map.of();
        }
        var index = reader;
        var batch = new long[POSTINGS_BATCH];
        for (String name : index.postingsTable().names()) {
            index.postingsTable().values(name, "", (value, extent) -> {
                try {
                    var postings = index.postings(extent);
                    for (int n = postings.fill(batch); n > 0; n = postings.fill(batch)) {
                        for (int i = 0; i < n; i++) {
                            if (refs.contains(batch[i])) {
                                found.computeIfAbsent(batch[i], _ -> Labels.empty().toBuilder())
                                        .set(name, value);
                            }
                        }
                    }
                } catch (CorruptDataException e) {
                    findings.add("postings of %s=\"%s\": %s".formatted(name, value, e.getMessage()));
                }
                return true;
            });
        }
        var labels = new TreeMap<Long, Labels>();
        found.forEach((ref, builder) -> labels.put(ref, builder.build()));
        return labels;
    }
}
