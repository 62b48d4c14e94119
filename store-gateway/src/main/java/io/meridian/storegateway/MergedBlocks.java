package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.LoserTree;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The series of several blocks in the order of their labels. A series that several blocks have gets the chunks of
/// all, each distinct chunk once.
final class MergedBlocks implements SeriesSet {
    private static final Comparator<Chunk> BY_TIME =
            Comparator.comparingLong(Chunk::minMs).thenComparingLong(Chunk::maxMs);

    private final List<PrefetchedSeries> cursors;
    private final Runnable onClose;
    private final LoserTree<Series> tree;
    private boolean closed;

    /// @param onClose runs once
    MergedBlocks(List<PrefetchedSeries> cursors, Runnable onClose) {
        this.cursors = cursors;
        this.onClose = onClose;
        this.tree = new LoserTree<>(cursors, Comparator.comparing(Series::labels));
    }

    @Override
    public @Nullable Series next() {
        Series first = tree.key();
        if (first == null) {
            return null;
        }
        tree.advance();
        Labels labels = first.labels();
        Series other = tree.key();
        if (other == null || !other.labels().equals(labels)) {
            return first;
        }
        var parts = new ArrayList<ChunkedSeries>();
        parts.add((ChunkedSeries) first);
        while (other != null && other.labels().equals(labels)) {
            parts.add((ChunkedSeries) other);
            tree.advance();
            other = tree.key();
        }
        ConsecutiveSeries apart = ConsecutiveSeries.of(parts);
        return apart != null ? apart : merge(labels, parts);
    }

    private static ChunkSeries merge(Labels labels, List<ChunkedSeries> parts) {
        var chunks = new LinkedHashSet<Chunk>();
        for (ChunkedSeries part : parts) {
            chunks.addAll(part.chunks());
        }
        var sorted = new ArrayList<>(chunks);
        sorted.sort(BY_TIME);
        return new ChunkSeries(labels, sorted);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cursors.forEach(PrefetchedSeries::close);
            onClose.run();
        }
    }
}
