package io.meridian.sidecar;

import io.meridian.model.Labels;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/// Puts series in order again after external labels were put over their own.
final class SeriesOrder {
    private static final Comparator<Chunk> BY_TIME =
            Comparator.comparingLong(Chunk::minMs).thenComparingLong(Chunk::maxMs);

    private SeriesOrder() {}

    /// Sorted by labels, each label set once.
    static List<ChunkSeries> sortedAndJoined(List<ChunkSeries> series) {
        var sorted = new ArrayList<>(series);
        sorted.sort(Comparator.comparing(ChunkSeries::labels));
        var result = new ArrayList<ChunkSeries>(sorted.size());
        for (int from = 0; from < sorted.size(); ) {
            Labels labels = sorted.get(from).labels();
            int to = from + 1;
            while (to < sorted.size() && sorted.get(to).labels().equals(labels)) {
                to++;
            }
            result.add(to == from + 1 ? sorted.get(from) : joined(sorted.subList(from, to)));
            from = to;
        }
        return result;
    }

    /// Series of the same labels as one; chunks that come twice count once.
    static ChunkSeries joined(List<ChunkSeries> same) {
        var chunks = new LinkedHashSet<Chunk>();
        same.forEach(series -> chunks.addAll(series.chunks()));
        return new ChunkSeries(
                same.getFirst().labels(), chunks.stream().sorted(BY_TIME).toList());
    }
}
