package io.meridian.compactor.merge;

import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merges the chunks that several blocks have of one series: those that overlap with nothing pass untouched, exact
/// duplicates are dropped, the rest is decoded, merged and encoded anew (Prometheus' compacting merge, and Thanos'
/// `penalty`, which finds overlaps in the same way).
///
/// Not thread-safe.
final class OverlapMerger {
    private static final Comparator<ChunkCursor> ORDER = Comparator.<ChunkCursor>comparingLong(
                    cursor -> cursor.chunk().minMs())
            .thenComparingLong(cursor -> cursor.chunk().maxMs());

    private static final Comparator<List<EncodedChunk>> BY_BEGINNING =
            Comparator.comparingLong(chunks -> chunks.getFirst().minMs());

    private final Overlap overlap;
    private final OrderedHeap<ChunkCursor> heap = new OrderedHeap<>(ORDER);

    private long duplicateSamples;

    /// What becomes of chunks that overlap.
    interface Overlap {
        /// @param base   the chunk that begins first
        /// @param others those that overlap it, or one another, in the order of their beginning; none is
        ///               equal to the one before it
        /// @return the merged chunks, ascending; at least one
        List<EncodedChunk> merge(EncodedChunk base, List<EncodedChunk> others);
    }

    private static final class ChunkCursor {
        private final List<EncodedChunk> chunks;
        private int at;

        ChunkCursor(List<EncodedChunk> chunks, int at) {
            this.chunks = chunks;
            this.at = at;
        }

        EncodedChunk chunk() {
            return chunks.get(at);
        }

        boolean advance() {
            return ++at < chunks.size();
        }
    }

    OverlapMerger(Overlap overlap) {
        this.overlap = overlap;
    }

    /// @param sources the series' chunks in each block; the order among blocks decides ties
    List<EncodedChunk> merge(List<List<EncodedChunk>> sources) {
        var joined = joined(sources);
        if (joined != null) {
            return joined;
        }
        heap.clear();
        for (var chunks : sources) {
            if (!chunks.isEmpty()) {
                heap.push(new ChunkCursor(chunks, 0));
            }
        }
        var merged = new ArrayList<EncodedChunk>();
        var others = new ArrayList<EncodedChunk>();
        while (!heap.isEmpty()) {
            EncodedChunk base = take();
            EncodedChunk previous = base;
            long maxMs = base.maxMs();
            others.clear();
            while (!heap.isEmpty() && heap.peek().chunk().minMs() <= maxMs) {
                EncodedChunk next = take();
                if (isDuplicate(next, previous)) {
                    duplicateSamples += ChunkSamples.count(next);
                } else {
                    others.add(next);
                    maxMs = Math.max(maxMs, next.maxMs());
                    previous = next;
                }
            }
            if (others.isEmpty()) {
                merged.add(base);
                continue;
            }
            var rebuilt = overlap.merge(base, List.copyOf(others));
            merged.add(rebuilt.getFirst());
            // The later ones may overlap with what is still to come.
            if (rebuilt.size() > 1) {
                heap.push(new ChunkCursor(rebuilt, 1));
            }
        }
        return merged;
    }

    /// All chunks in a row if no source begins before another has ended, as with blocks that follow each other; else
    /// null.
    private static @Nullable List<EncodedChunk> joined(List<List<EncodedChunk>> sources) {
        var ordered = new ArrayList<List<EncodedChunk>>(sources.size());
        int count = 0;
        for (var chunks : sources) {
            if (!chunks.isEmpty()) {
                ordered.add(chunks);
                count += chunks.size();
            }
        }
        ordered.sort(BY_BEGINNING);
        var joined = new ArrayList<EncodedChunk>(count);
        long endMs = Long.MIN_VALUE;
        for (var chunks : ordered) {
            for (var chunk : chunks) {
                if (chunk.minMs() <= endMs && !joined.isEmpty() || chunk.maxMs() < chunk.minMs()) {
                    return null;
                }
                endMs = chunk.maxMs();
                joined.add(chunk);
            }
        }
        return joined;
    }

    /// Encodings are not compared, as little as in Prometheus.
    private static boolean isDuplicate(EncodedChunk a, EncodedChunk b) {
        return a.minMs() == b.minMs()
                && a.maxMs() == b.maxMs()
                && Arrays.equals(
                        a.array(), a.offset(), a.offset() + a.length(), b.array(), b.offset(), b.offset() + b.length());
    }

    /// Samples of chunks that were dropped as exact duplicates, since the beginning.
    long duplicateSamples() {
        return duplicateSamples;
    }

    private EncodedChunk take() {
        ChunkCursor cursor = heap.pop();
        EncodedChunk chunk = cursor.chunk();
        if (cursor.advance()) {
            heap.push(cursor);
        }
        return chunk;
    }
}
