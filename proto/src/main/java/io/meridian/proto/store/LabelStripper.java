package io.meridian.proto.store;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The series of a set without some labels. That changes their order and makes series equal, so all of them are held,
/// sorted anew and merged.
final class LabelStripper {
    private static final Comparator<Chunk> BY_TIME =
            Comparator.comparingLong(Chunk::minMs).thenComparingLong(Chunk::maxMs);

    private LabelStripper() {}

    /// @throws QueryException if that is over the query's budget
    static SeriesSet strip(SeriesSet source, Collection<String> names, QueryContext context) {
        var all = new ArrayList<ChunkSeries>();
        try (source) {
            var reencoder = new io.meridian.proto.codec.ChunkReencoder(java.util.Set.of());
            Series series;
            while ((series = source.next()) != null) {
                context.check();
                context.reserve(series.retainedBytes());
                Labels labels = series.labels().without(names);
                all.add(new ChunkSeries(labels, ChunksOf.series(series, reencoder)));
            }
        }
        all.sort(Comparator.comparing(ChunkSeries::labels));
        return new SeriesSet() {
            private int next;

            @Override
            public @Nullable Series next() {
                if (next == all.size()) {
                    return null;
                }
                int first = next++;
                Labels labels = all.get(first).labels();
                while (next < all.size() && all.get(next).labels().equals(labels)) {
                    next++;
                }
                return next == first + 1 ? all.get(first) : merge(labels, all.subList(first, next));
            }

            @Override
            public void close() {
                all.clear();
                next = 0;
            }
        };
    }

    private static ChunkSeries merge(Labels labels, List<ChunkSeries> same) {
        var seen = new HashSet<Chunk>();
        var chunks = new ArrayList<Chunk>();
        for (ChunkSeries series : same) {
            for (Chunk chunk : series.chunks()) {
                if (seen.add(chunk)) {
                    chunks.add(chunk);
                }
            }
        }
        chunks.sort(BY_TIME);
        return new ChunkSeries(labels, chunks);
    }
}
