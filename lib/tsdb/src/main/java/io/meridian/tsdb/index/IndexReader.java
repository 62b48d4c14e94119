package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A whole index, versions 1 to 3, mapped or in memory. Version 3 is read as version 2, as Prometheus does.
///
/// Tables are verified when it is opened, lists and series each time they are read.
public final class IndexReader implements BlockIndex {
    private final int version;
    private final IndexToc toc;
    private final TsdbIndex index;
    private final MemorySegment bytes;
    private final String resource;

    private IndexReader(@Nullable Arena arena, String resource, MemorySegment bytes) {
        this.resource = resource;
        this.bytes = bytes;
        this.version = version(resource, bytes);
        this.toc = toc(resource, bytes);
        var symbols = new SymbolTable(
                resource,
                Section.content(resource, "symbol table", bytes, toc.symbols(), 0),
                toc.symbols() + 4,
                version);
        var table = new PostingsTable(
                resource,
                Section.content(resource, "postings table", bytes, toc.postingsTable(), 0),
                toc.postingsTable() + 4,
                toc.postingsTable(),
                version);
        this.index = new TsdbIndex(ByteSource.of(resource, bytes), version, toc, symbols, table, 0, () -> {
            if (arena != null) {
                arena.close();
            }
        });
    }

    /// Maps the object (or reads it whole, where the bucket is remote); closing the reader frees it.
    public static IndexReader open(Bucket bucket, String key) throws IOException {
        var arena = Arena.ofShared();
        try {
            long size = bucket.stat(key).sizeBytes();
            return new IndexReader(arena, key, bucket.read(key, 0, size, arena));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// @param resource what the bytes are called in messages
    public static IndexReader of(String resource, MemorySegment bytes) {
        return new IndexReader(null, resource, bytes);
    }

    private static int version(String resource, MemorySegment bytes) {
        long sizeMin = IndexFormat.HEADER_LENGTH + IndexFormat.TOC_LENGTH;
        if (bytes.byteSize() < sizeMin) {
            throw new CorruptDataException(
                    resource, 0, "index too short: min=" + sizeMin + ", actual=" + bytes.byteSize());
        }
        return checkHeader(resource, bytes.get(SegmentCursor.BE32, 0), bytes.get(ValueLayout.JAVA_BYTE, 4) & 0xFF);
    }

    static int checkHeader(String resource, int magic, int version) {
        if (magic != IndexFormat.MAGIC) {
            throw new CorruptDataException(
                    resource, 0, "not an index: magic expected=%08x, actual=%08x".formatted(IndexFormat.MAGIC, magic));
        }
        if (version < IndexFormat.VERSION_1 || version > IndexFormat.VERSION_3) {
            throw new CorruptDataException(resource, 4, "unknown index version: expected=1 to 3, actual=" + version);
        }
        return version;
    }

    private static IndexToc toc(String resource, MemorySegment bytes) {
        long size = bytes.byteSize();
        var tail = bytes.asSlice(size - IndexFormat.TOC_LENGTH).toArray(ValueLayout.JAVA_BYTE);
        return IndexToc.parse(resource, tail, size);
    }

    public int version() {
        return version;
    }

    public IndexToc toc() {
        return toc;
    }

    @Override
    public SymbolTable symbols() {
        return index.symbols();
    }

    public PostingsTable postingsTable() {
        return index.table();
    }

    /// The list of one label pair (`""`, `""`: of all series), empty if there is none.
    public Postings postings(String name, String value) {
        PostingsExtent extent = index.table().find(name, value);
        return extent == null ? Postings.empty() : postings(extent);
    }

    Postings postings(PostingsExtent extent) {
        long end = extent.end() < 0 ? toc.postingsTable() : extent.end();
        return StoredPostings.parse(resource, bytes.asSlice(extent.offset(), end - extent.offset()), extent.offset());
    }

    TsdbIndex index() {
        return index;
    }

    @Override
    public Postings select(List<LabelMatcher> matchers, QueryContext context) throws IOException {
        return index.select(matchers, context);
    }

    @Override
    public void series(long[] refs, int from, int to, SeriesColumns target, QueryContext context) throws IOException {
        index.series(refs, from, to, target, context);
    }

    @Override
    public void expect(TimeRange times, Stray stray) {
        index.expect(times, stray);
    }

    @Override
    public List<SeriesEntry> series(
            long[] refs, int from, int to, TimeRange range, boolean labelsOnly, QueryContext context)
            throws IOException {
        return index.series(refs, from, to, range, labelsOnly, context);
    }

    @Override
    public List<String> labelNames(List<LabelMatcher> matchers, TimeRange range, QueryContext context)
            throws IOException {
        return index.labelNames(matchers, range, context);
    }

    @Override
    public List<String> labelValues(String name, List<LabelMatcher> matchers, TimeRange range, QueryContext context)
            throws IOException {
        return index.labelValues(name, matchers, range, context);
    }

    @Override
    public long retainedBytes() {
        return index.retainedBytes();
    }

    @Override
    public void close() {
        index.close();
    }
}
