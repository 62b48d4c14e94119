package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.tsdb.bytes.ByteReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A Prometheus index behind a [ByteSource]: its tables are at hand, lists and series are read by ranges. Over a mapped
/// file that is the whole index, over an object of a bucket it is what an index-header leaves to be read.
final class TsdbIndex implements BlockIndex {
    private static final int SERIES_BATCH = 10_000;
    private static final int SERIES_BYTES_LOCAL = 512;
    private static final int SERIES_BYTES_REMOTE = 64 << 10;
    private static final long SERIES_BYTES_TYPICAL = 256;
    private static final int SERIES_ALIGNMENT_SLACK = IndexFormat.SERIES_ALIGNMENT;

    private final ByteSource source;
    private final IndexToc toc;
    private final int refScale;
    private final SymbolTable symbols;
    private final PostingsTable table;
    private final SeriesDecoder decoder;
    private final long seriesBytes;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// @param seriesBytesMax length of the longest entry, as far as known; 0: not known
    /// @param onClose        frees what the tables lie in
    TsdbIndex(
            ByteSource source,
            int version,
            IndexToc toc,
            SymbolTable symbols,
            PostingsTable table,
            long seriesBytesMax,
            Runnable onClose) {
        this.source = source;
        this.toc = toc;
        this.refScale = IndexFormat.refScale(version);
        this.symbols = symbols;
        this.table = table;
        this.decoder = new SeriesDecoder(source.name(), symbols);
        this.seriesBytes = seriesBytes(source, seriesBytesMax);
        this.onClose = onClose;
    }

    private static long seriesBytes(ByteSource source, long seriesBytesMax) {
        if (source.cost().parallel() <= 1) {
            return SERIES_BYTES_LOCAL;
        }
        return seriesBytesMax > 0
                ? Math.min(seriesBytesMax + SERIES_ALIGNMENT_SLACK, SERIES_BYTES_REMOTE)
                : SERIES_BYTES_REMOTE;
    }

    @Override
    public SymbolTable symbols() {
        return symbols;
    }

    PostingsTable table() {
        return table;
    }

    IndexToc toc() {
        return toc;
    }

    Postings postings(PostingsExtent extent, QueryContext context) throws IOException {
        return fetch(List.of(extent), context).open(extent);
    }

    @Override
    public Postings select(List<LabelMatcher> matchers, QueryContext context) throws IOException {
        var selection = PostingsSelection.of(table, matchers);
        if (selection.isEmpty()) {
            return Postings.empty();
        }
        var wanted = new TreeMap<Long, PostingsExtent>();
        selection.groups().forEach(group -> group.forEach(extent -> wanted.put(extent.offset(), extent)));
        selection.removals().forEach(extent -> wanted.put(extent.offset(), extent));
        var lists = fetch(new ArrayList<>(wanted.values()), context);
        var groups = new ArrayList<Postings>();
        for (var group : selection.groups()) {
            groups.add(Postings.merge(group.stream().map(lists::open).toList()));
        }
        var removed = selection.removals().stream().map(lists::open).toList();
        return Postings.without(Postings.intersect(groups), Postings.merge(removed));
    }

    /// Lists that were read, by their offset, as views of what was read.
    private final class Lists {
        private final Map<Long, MemorySegment> bytes = new ConcurrentHashMap<>();

        Postings open(PostingsExtent extent) {
            MemorySegment list = bytes.get(extent.offset());
            if (list == null) {
                throw new IllegalStateException("list was not read: " + extent);
            }
            return StoredPostings.parse(source.name(), list, extent.offset());
        }
    }

    /// @param extents ascending by offset
    private Lists fetch(List<PostingsExtent> extents, QueryContext context) throws IOException {
        int count = extents.size();
        var offsets = new long[count];
        var lengths = new long[count];
        for (int i = 0; i < count; i++) {
            var extent = extents.get(i);
            offsets[i] = extent.offset();
            lengths[i] =
                    (extent.end() < 0 ? Math.min(postingsEnd(), extent.offset() + SERIES_BYTES_REMOTE) : extent.end())
                            - extent.offset();
        }
        var lists = new Lists();
        var parts = RangePlan.join(offsets, lengths, count, source.cost());
        RangeReader.read(source, parts, context, (part, bytes) -> {
            for (int i = part.from(); i < part.to(); i++) {
                int from = (int) (offsets[i] - part.offset());
                lists.bytes.put(offsets[i], list(bytes, from, (int) lengths[i], offsets[i], context));
            }
        });
        return lists;
    }

    private long postingsEnd() {
        return toc.postingsTable();
    }

    /// Cuts a list out of what was read; reads it again where its place was a guess and it is longer.
    private MemorySegment list(byte[] bytes, int from, int length, long offset, QueryContext context)
            throws IOException {
        long needed = new ByteReader(source.name(), bytes, from, from + length, offset - from).be32() & 0xFFFFFFFFL;
        needed += 2L * IndexFormat.CRC_LENGTH;
        if (needed <= length) {
            return MemorySegment.ofArray(bytes).asSlice(from, needed);
        }
        if (needed > postingsEnd() - offset || needed > Integer.MAX_VALUE - 16) {
            throw new CorruptDataException(
                    source.name(),
                    offset,
                    "postings too long: left=" + (postingsEnd() - offset) + ", actual=" + needed);
        }
        var again = new ArrayList<MemorySegment>();
        RangeReader.read(
                source,
                List.of(new RangePlan.Part(offset, needed, 0, 1)),
                context,
                (_, all) -> again.add(MemorySegment.ofArray(all)));
        return again.get(0);
    }

    @Override
    public void expect(TimeRange times, Stray stray) {
        decoder.expect(times, stray);
    }

    @Override
    public List<SeriesEntry> series(
            long[] refs, int from, int to, TimeRange range, boolean labelsOnly, QueryContext context)
            throws IOException {
        int count = to - from;
        var offsets = new long[count];
        var lengths = new long[count];
        place(refs, from, offsets, lengths);
        var entries = new @Nullable SeriesEntry[count];
        var missing = new long[count];
        RangeReader.read(source, RangePlan.join(offsets, lengths, count, source.cost()), context, (part, bytes) -> {
            for (int i = part.from(); i < part.to(); i++) {
                int at = (int) (offsets[i] - part.offset());
                long length = decoder.entryLength(bytes, at, bytes.length, offsets[i]);
                if (length < 0 || length > bytes.length - at) {
                    missing[i] = length < 0 ? SeriesDecoder.LENGTH_LENGTH_MAX + lengths[i] : length;
                } else {
                    entries[i] = decoder.decode(
                            refs[from + i], bytes, at, at + (int) length, offsets[i], range, labelsOnly, context);
                }
            }
        });
        for (int i = 0; i < count; i++) {
            if (missing[i] > 0) {
                entries[i] = readAgain(refs[from + i], offsets[i], missing[i], range, labelsOnly, context);
            }
        }
        var present = new ArrayList<SeriesEntry>(count);
        for (SeriesEntry entry : entries) {
            if (entry != null) {
                present.add(entry);
            }
        }
        return present;
    }

    /// Where entries lie, and how much is read for each at first.
    private void place(long[] refs, int from, long[] offsets, long[] lengths) {
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset(refs[from + i]);
            assert i == 0 || offsets[i] > offsets[i - 1] : "references do not rise";
            if (i > 0) {
                lengths[i - 1] = Math.min(lengths[i - 1], offsets[i] - offsets[i - 1]);
            }
            lengths[i] = Math.min(seriesBytes, toc.seriesEnd() - offsets[i]);
        }
    }

    @Override
    public void series(long[] refs, int from, int to, SeriesColumns target, QueryContext context) throws IOException {
        var offsets = new long[to - from];
        var lengths = new long[to - from];
        place(refs, from, offsets, lengths);
        var parts = RangePlan.join(offsets, lengths, offsets.length, source.cost());
        var read = new ConcurrentHashMap<RangePlan.Part, byte[]>();
        RangeReader.read(source, parts, context, read::put);
        target.clear();
        for (var part : parts) {
            byte[] bytes = Objects.requireNonNull(read.get(part));
            for (int i = part.from(); i < part.to(); i++) {
                int at = (int) (offsets[i] - part.offset());
                long length = decoder.entryLength(bytes, at, bytes.length, offsets[i]);
                if (length >= 0 && length <= bytes.length - at) {
                    decoder.decode(refs[from + i], bytes, at, at + (int) length, offsets[i], target);
                } else {
                    long known = length < 0 ? SeriesDecoder.LENGTH_LENGTH_MAX + lengths[i] : length;
                    byte[] entry = readWhole(offsets[i], known, context);
                    decoder.decode(refs[from + i], entry, 0, entry.length, offsets[i], target);
                }
            }
        }
    }

    private long offset(long ref) {
        long offset = ref * refScale;
        if (ref < 0 || offset < toc.series() || offset >= toc.seriesEnd()) {
            throw new CorruptDataException(
                    source.name(),
                    offset,
                    "series reference out of bounds: ref=" + ref + ", series=[" + toc.series() + ", " + toc.seriesEnd()
                            + ")");
        }
        return offset;
    }

    /// An entry that was longer than thought.
    private @Nullable SeriesEntry readAgain(
            long ref, long offset, long length, TimeRange range, boolean labelsOnly, QueryContext context)
            throws IOException {
        byte[] entry = readWhole(offset, length, context);
        return decoder.decode(ref, entry, 0, entry.length, offset, range, labelsOnly, context);
    }

    private byte[] readWhole(long offset, long length, QueryContext context) throws IOException {
        long left = toc.seriesEnd() - offset;
        if (length > left && left < SeriesDecoder.LENGTH_LENGTH_MAX) {
            throw new CorruptDataException(source.name(), offset, "series ends too early: left=" + left);
        }
        var result = new ArrayList<byte[]>();
        var part = new RangePlan.Part(offset, Math.min(length, left), 0, 1);
        RangeReader.read(source, List.of(part), context, (_, bytes) -> result.add(bytes));
        byte[] bytes = result.getFirst();
        long actual = decoder.entryLength(bytes, 0, bytes.length, offset);
        if (actual < 0 || actual > left) {
            throw new CorruptDataException(
                    source.name(), offset, "series too long: left=" + left + ", actual=" + actual);
        }
        return actual > bytes.length ? readWhole(offset, actual, context) : Arrays.copyOf(bytes, (int) actual);
    }

    @Override
    public List<String> labelNames(List<LabelMatcher> matchers, TimeRange range, QueryContext context)
            throws IOException {
        if (matchers.isEmpty()) {
            return table.names();
        }
        var names = new TreeSet<String>(Utf8::compare);
        forEachSeries(matchers, range, context, entry -> {
            for (int i = 0; i < entry.labels().size(); i++) {
                names.add(entry.labels().name(i));
            }
        });
        return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String name, List<LabelMatcher> matchers, TimeRange range, QueryContext context)
            throws IOException {
        var values = new ArrayList<String>();
        if (matchers.isEmpty()) {
            if (!name.isEmpty()) {
                table.values(name, "", (value, _) -> values.add(value));
            }
            return values;
        }
        if (range.equals(TimeRange.ALL)) {
            long[] selected = Postings.toArray(select(matchers, context));
            if (selected.length == 0) {
                return List.of();
            }
            var lists = new ArrayList<PostingsExtent>();
            table.values(name, "", (value, extent) -> values.add(value) && lists.add(extent));
            if (totalBytes(lists) <= SERIES_BYTES_TYPICAL * selected.length) {
                return valuesOfLists(values, lists, selected, context);
            }
        }
        var found = new TreeSet<String>(Utf8::compare);
        forEachSeries(
                matchers, range, context, entry -> found.add(entry.labels().get(name)));
        found.remove("");
        return List.copyOf(found);
    }

    private static long totalBytes(List<PostingsExtent> lists) {
        return lists.stream()
                .mapToLong(list -> list.end() < 0 ? SERIES_BYTES_REMOTE : list.end() - list.offset())
                .sum();
    }

    /// The values whose lists have one of the selected references.
    private List<String> valuesOfLists(
            List<String> values, List<PostingsExtent> extents, long[] selected, QueryContext context)
            throws IOException {
        var lists = fetch(extents, context);
        var found = new ArrayList<String>();
        var batch = new long[64];
        for (int i = 0; i < extents.size(); i++) {
            if (hasAny(lists.open(extents.get(i)), selected, batch)) {
                found.add(values.get(i));
            }
        }
        return found;
    }

    private static boolean hasAny(Postings list, long[] selected, long[] batch) {
        list.seek(selected[0]);
        for (int n = list.fill(batch); n > 0; n = list.fill(batch)) {
            for (int i = 0; i < n; i++) {
                if (Arrays.binarySearch(selected, batch[i]) >= 0) {
                    return true;
                }
            }
            if (batch[n - 1] > selected[selected.length - 1]) {
                return false;
            }
        }
        return false;
    }

    private void forEachSeries(
            List<LabelMatcher> matchers,
            TimeRange range,
            QueryContext context,
            java.util.function.Consumer<SeriesEntry> visitor)
            throws IOException {
        var refs = new long[SERIES_BATCH];
        var postings = select(matchers, context);
        for (int n = postings.fill(refs); n > 0; n = postings.fill(refs)) {
            context.check();
            series(refs, 0, n, range, true, context).forEach(visitor);
        }
    }

    @Override
    public long retainedBytes() {
        return symbols.retainedBytes() + table.retainedBytes();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
