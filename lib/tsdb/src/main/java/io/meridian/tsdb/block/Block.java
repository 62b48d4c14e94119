package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleEstimator;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.tsdb.index.BlockIndex;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One block as a source of series: postings, then entries, then chunks in joined ranges, encoded as they are stored.
/// External labels are put over the series' own; deleted times are left out. Thread-safe.
///
/// The resolution is the block's; whoever holds several blocks chooses among them.
public final class Block implements SeriesSource, SampleEstimator, AutoCloseable {
    private static final int ENTRY_BATCH = 10_000;

    private final BlockMeta meta;
    private final BlockIndex index;
    private final ChunkReader chunks;
    private final Tombstones tombstones;
    private final Consumer<String> onDamage;
    private final ChunkOrigin origin;
    private volatile @Nullable Notice strays;
    private final @Nullable MappedBlock mapped;

    private record Origin(String name, Consumer<String> onDamage) implements ChunkOrigin {
        @Override
        public void broken(String reason) {
            onDamage.accept(reason);
        }
    }

    /// Takes over the index.
    public Block(BlockMeta meta, BlockIndex index, ChunkReader chunks, Tombstones tombstones) {
        this(meta, index, chunks, tombstones, _ -> {});
    }

    /// Takes over the index.
    ///
    /// @param onDamage told the reason whenever a query meets bytes that are broken or gone
    public Block(
            BlockMeta meta, BlockIndex index, ChunkReader chunks, Tombstones tombstones, Consumer<String> onDamage) {
        this(meta, index, chunks, tombstones, onDamage, null);
    }

    private Block(
            BlockMeta meta,
            BlockIndex index,
            ChunkReader chunks,
            Tombstones tombstones,
            Consumer<String> onDamage,
            @Nullable MappedChunks mappedChunks) {
        this.meta = meta;
        this.index = index;
        this.chunks = chunks;
        this.tombstones = tombstones;
        this.onDamage = onDamage;
        this.origin = new Origin("block " + meta.id(), onDamage);
        if (meta.minTimeMs() <= meta.maxTimeMs()) {
            index.expect(new TimeRange(meta.minTimeMs(), meta.maxTimeMs()), this::stray);
        }
        this.mapped = mappedChunks == null ? null : new MappedBlock(this, mappedChunks);
    }

    /// A block in a directory without deleted samples: if it is raw, its series are read when they are wanted
    /// ([MappedSeries]).
    ///
    /// @param onDamage told the reason whenever a query meets bytes that are broken or gone
    public static Block mapped(
            BlockMeta meta,
            BlockIndex index,
            ChunkReader chunks,
            MappedChunks mappedChunks,
            Consumer<String> onDamage) {
        boolean raw = meta.thanos().resolutionMs() == 0;
        return new Block(meta, index, chunks, Tombstones.NONE, onDamage, raw ? mappedChunks : null);
    }

    public BlockMeta meta() {
        return meta;
    }

    public BlockIndex index() {
        return index;
    }

    public ChunkReader chunks() {
        return chunks;
    }

    public Tombstones tombstones() {
        return tombstones;
    }

    /// What its chunks say of where they come from.
    ChunkOrigin origin() {
        return origin;
    }

    @Override
    public String name() {
        return meta.id().toString();
    }

    /// What the block has, both ends inclusive.
    public TimeRange range() {
        return new TimeRange(meta.minTimeMs(), Math.max(meta.minTimeMs(), meta.maxTimeMs() - 1));
    }

    @Override
    public List<Coverage> coverage() {
        return List.of(new Coverage(meta.thanos().labels(), range()));
    }

    /// The matchers that are left once the external labels have been looked at; null if those do not match.
    private @Nullable List<LabelMatcher> inner(List<LabelMatcher> matchers) {
        var inner = new ArrayList<LabelMatcher>();
        for (LabelMatcher matcher : matchers) {
            if (!meta.thanos().labels().has(matcher.name())) {
                inner.add(matcher);
            } else if (!matcher.matches(meta.thanos().labels().get(matcher.name()))) {
                return null;
            }
        }
        return inner;
    }

    @Override
    public double samplesPerSeries(TimeRange wanted) {
        long from = Math.max(wanted.minMs(), range().minMs());
        long to = Math.min(wanted.maxMs(), range().maxMs());
        if (to < from || meta.stats().numSeries() == 0) {
            return 0;
        }
        double share = (to - from + 1.0) / (range().maxMs() - range().minMs() + 1.0);
        return share * meta.stats().numSamples() / meta.stats().numSeries();
    }

    /// Whether its raw data lies in mapped files, so that selecting does not wait for storage.
    public boolean isMapped() {
        return mapped != null;
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        var matchers = inner(selection.matchers());
        if (matchers == null || !selection.range().overlaps(range())) {
            return SeriesSet.of(List.of());
        }
        try {
            SeriesSet series = mapped == null ? null : mapped.select(matchers, selection, context);
            if (series != null) {
                return series;
            }
            var entries = entries(matchers, selection, context);
            return new BlockSeriesSet(this, entries, selection, context);
        } catch (IOException | CorruptDataException e) {
            fail(e, context);
            return SeriesSet.of(List.of());
        }
    }

    /// Entries with their final labels, in the order of those.
    private List<SeriesEntry> entries(List<LabelMatcher> matchers, Selection selection, QueryContext context)
            throws IOException {
        boolean labelsOnly = selection.hints().labelsOnly();
        long limit = selection.hints().limit() > 0 ? selection.hints().limit() : Long.MAX_VALUE;
        var entries = new ArrayList<SeriesEntry>();
        var refs = new long[ENTRY_BATCH];
        var postings = index.select(matchers, context);
        try {
            for (int n = postings.fill(refs); n > 0 && entries.size() < limit; n = postings.fill(refs)) {
                context.check();
                for (SeriesEntry entry : index.series(refs, 0, n, selection.range(), labelsOnly, context)) {
                    if (entries.size() == limit) {
                        break;
                    }
                    verifyMatches(entry, matchers);
                    var labelled = entry.withLabels(
                            entry.labels().overriddenBy(meta.thanos().labels()));
                    context.reserve(labelled.retainedBytes());
                    entries.add(labelled);
                }
            }
        } catch (IOException | RuntimeException e) {
            entries.forEach(entry -> context.release(entry.retainedBytes()));
            throw e;
        }
        if (!isAscending(entries)) {
            entries.sort(Comparator.comparing(SeriesEntry::labels));
        }
        return entries;
    }

    /// A list of postings that is another's leads to series that were not asked for. Equality alone is looked at: it
    /// costs little, and most selectors name a metric.
    void verifyMatches(SeriesEntry entry, List<LabelMatcher> matchers) {
        for (LabelMatcher matcher : matchers) {
            if (matcher instanceof LabelMatcher.Equal equal
                    && !equal.value().equals(entry.labels().get(equal.name()))) {
                throw new CorruptDataException(
                        BlockFiles.key(meta.id(), BlockFiles.INDEX),
                        -1,
                        "postings of %s=\"%s\" lead to %s".formatted(equal.name(), equal.value(), entry.labels()));
            }
        }
    }

    private static boolean isAscending(List<SeriesEntry> entries) {
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i - 1).labels().compareTo(entries.get(i).labels()) >= 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        var matchers = inner(selection.matchers());
        if (matchers == null || !selection.range().overlaps(range())) {
            return List.of();
        }
        try {
            var inside = index.labelNames(matchers, inside(selection.range()), context);
            if (inside.isEmpty()) {
                return inside;
            }
            var names = new TreeSet<String>(Utf8::compare);
            names.addAll(inside);
            for (int i = 0; i < meta.thanos().labels().size(); i++) {
                names.add(meta.thanos().labels().name(i));
            }
            return List.copyOf(names);
        } catch (IOException | CorruptDataException e) {
            fail(e, context);
            return List.of();
        }
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        var matchers = inner(selection.matchers());
        if (matchers == null || !selection.range().overlaps(range())) {
            return List.of();
        }
        try {
            String external = meta.thanos().labels().get(labelName);
            if (external.isEmpty()) {
                return index.labelValues(labelName, matchers, inside(selection.range()), context);
            }
            boolean any = matchers.isEmpty()
                    || !index.labelNames(matchers, inside(selection.range()), context)
                            .isEmpty();
            return any ? List.of(external) : List.of();
        } catch (IOException | CorruptDataException e) {
            fail(e, context);
            return List.of();
        }
    }

    /// A range that covers the whole block is no condition.
    private TimeRange inside(TimeRange range) {
        return range.minMs() <= meta.minTimeMs() && range.maxMs() >= meta.maxTimeMs() ? TimeRange.ALL : range;
    }

    /// The index places a chunk outside of the block's times: queries of those times do not find it. One notice stands
    /// for all such chunks.
    void stray(Labels series, long minMs, long maxMs, QueryContext context) {
        Notice notice = strays;
        if (notice == null) {
            String reason = "%s: the index has chunks outside of the block's times, samples may be missing: %s [%d..%d]"
                    .formatted(BlockFiles.key(meta.id(), BlockFiles.INDEX), series, minMs, maxMs);
            notice = new Notice(origin.name(), meta.thanos().labels(), range(), reason);
            strays = notice;
            onDamage.accept(reason);
        }
        context.addNotice(notice);
    }

    void fail(Exception e, QueryContext context) {
        String reason = String.valueOf(e.getMessage());
        boolean damaged =
                e instanceof CorruptDataException || e instanceof ObjectNotFoundException || e instanceof EOFException;
        if (damaged) {
            onDamage.accept(reason);
        }
        var fault = damaged ? Fault.CORRUPT_BLOCK : Fault.STORE_UNAVAILABLE;
        context.sourceFailed(new Notice(origin.name(), meta.thanos().labels(), range(), reason), fault);
    }

    @Override
    public void close() {
        if (mapped != null) {
            mapped.close();
        }
        index.close();
    }
}
