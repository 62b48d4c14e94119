package io.meridian.compactor.repair;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.index.SalvagedIndex;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Walks over what can be read of a block: first over its index, to know the truth about its range and order, then
/// over its series, each given to a visitor in the order that a block needs.
final class BlockSalvage {
    private static final int BATCH = 256;

    /// Two blocks of the longest range that compaction makes.
    private static final long SPAN_MS_PLAUSIBLE = java.time.Duration.ofDays(28).toMillis();

    private final BrokenBlock block;
    private final long resolutionMs;
    private final BlockMeta meta;
    private final List<String> findings;
    private final List<Loss> losses = new ArrayList<>();
    private final HashSet<Long> lostRefs = new HashSet<>();
    private long[] refs;
    private long chunksInside;
    private long chunksOutside;
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;
    private long emptySeries;
    private long removedSamples;

    /// @param chunks ascending, none overlapping another
    @FunctionalInterface
    interface SeriesVisitor {
        void visit(Labels labels, List<EncodedChunk> chunks) throws IOException;
    }

    BlockSalvage(BrokenBlock block, BlockMeta meta, List<String> findings) {
        this.block = block;
        this.resolutionMs = meta.thanos().resolutionMs();
        this.meta = meta;
        this.findings = findings;
        this.refs = block.index().refs();
        survey();
    }

    List<Loss> losses() {
        return losses;
    }

    long removedSamples() {
        return removedSamples;
    }

    /// Whether most chunks lie where meta.json says.
    boolean fitsRange() {
        return chunksInside > chunksOutside;
    }

    /// Where most chunks lie outside of what meta.json says, or it says what cannot be, the chunks are right.
    TimeRange range(boolean widen) {
        boolean none = firstMs > lastMs;
        long spanMs = meta.maxTimeMs() - meta.minTimeMs();
        boolean absurd = spanMs <= 0 || (!none && spanMs > SPAN_MS_PLAUSIBLE && spanMs / 4 > lastMs - firstMs);
        if (none || (fitsRange() && !absurd && (!widen || chunksOutside == 0))) {
            return new TimeRange(meta.minTimeMs(), Math.max(meta.minTimeMs(), meta.maxTimeMs()));
        }
        boolean keep = fitsRange() && !absurd;
        long minMs = keep ? Math.min(meta.minTimeMs(), firstMs) : firstMs;
        long maxMs = keep ? Math.max(meta.maxTimeMs(), lastMs + 1) : lastMs + 1;
        findings.add("meta.json has the wrong range: [%d, %d), the chunks need [%d, %d)"
                .formatted(meta.minTimeMs(), meta.maxTimeMs(), minMs, maxMs));
        return new TimeRange(minMs, maxMs);
    }

    private @Nullable SeriesEntry entry(long ref) {
        try {
            return block.index().entry(ref);
        } catch (CorruptDataException e) {
            lostRefs.add(ref);
            return null;
        }
    }

    private void survey() {
        var order = new ArrayList<Labels>();
        Labels previous = null;
        boolean ascending = true;
        for (long ref : refs) {
            SeriesEntry entry = entry(ref);
            if (entry == null) {
                emptySeries += lostRefs.contains(ref) ? 0 : 1;
                continue;
            }
            ascending &= previous == null || previous.compareTo(entry.labels()) < 0;
            previous = entry.labels();
            for (int i = 0; i < entry.chunkCount(); i++) {
                boolean inside = entry.chunkMinMs(i) >= meta.minTimeMs() && entry.chunkMaxMs(i) <= meta.maxTimeMs();
                chunksInside += inside ? 1 : 0;
                chunksOutside += inside ? 0 : 1;
                firstMs = Math.min(firstMs, entry.chunkMinMs(i));
                lastMs = Math.max(lastMs, entry.chunkMaxMs(i));
            }
        }
        findings.addAll(block.index().findings());
        if (emptySeries > 0) {
            findings.add(emptySeries + " series without chunks are dropped");
        }
        if (!ascending) {
            findings.add("series are out of order, or there twice");
            sort(order);
        }
    }

    private void sort(List<Labels> labels) {
        for (long ref : refs) {
            SeriesEntry entry = entry(ref);
            labels.add(entry == null ? Labels.empty() : entry.labels());
        }
        long[] unsorted = refs;
        refs = IntStream.range(0, unsorted.length)
                .boxed()
                .sorted(Comparator.comparing(labels::get))
                .mapToLong(i -> unsorted[i])
                .toArray();
    }

    /// Visits all series of which something can be saved.
    void series(TimeRange range, SeriesVisitor visitor) throws IOException {
        var salvage = new SeriesSalvage(block.chunks(), block.tombstones(), range, resolutionMs, losses);
        var batch = new ArrayList<SeriesEntry>();
        for (long ref : refs) {
            SeriesEntry entry = lostRefs.contains(ref) ? null : entry(ref);
            if (entry == null) {
                continue;
            }
            boolean same = !batch.isEmpty() && batch.getLast().labels().equals(entry.labels());
            if (batch.size() >= BATCH && !same) {
                salvage(salvage, batch, visitor);
                batch.clear();
            }
            batch.add(entry);
        }
        salvage(salvage, batch, visitor);
        removedSamples = salvage.removedSamples();
        loseSeries(block.index(), range);
    }

    private static void salvage(SeriesSalvage salvage, List<SeriesEntry> batch, SeriesVisitor visitor)
            throws IOException {
        var all = salvage.readAll(batch);
        for (int from = 0; from < batch.size(); ) {
            int to = from + 1;
            while (to < batch.size()
                    && batch.get(to).labels().equals(batch.get(from).labels())) {
                to++;
            }
            var good = salvage.salvage(batch.subList(from, to), all == null ? null : all.subList(from, to));
            if (!good.isEmpty()) {
                visitor.visit(batch.get(from).labels(), good);
            }
            from = to;
        }
    }

    private void loseSeries(SalvagedIndex index, TimeRange range) {
        var known = index.labelsByPostings(lostRefs);
        for (long ref : lostRefs.stream().sorted().toList()) {
            losses.add(new Loss(
                    known.getOrDefault(ref, Labels.empty()),
                    range.minMs(),
                    range.maxMs(),
                    Loss.UNCOUNTED,
                    "its entry in the index is damaged"));
        }
        long missing = Math.max(index.gaps(), meta.stats().numSeries() - refs.length);
        if (index.isSearched() && missing > 0) {
            losses.add(new Loss(
                    Labels.empty(),
                    range.minMs(),
                    range.maxMs(),
                    Loss.UNCOUNTED,
                    "%d entries of the index cannot be found".formatted(missing)));
        }
    }
}
