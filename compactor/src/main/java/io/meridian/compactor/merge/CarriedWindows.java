package io.meridian.compactor.merge;

import io.meridian.compactor.plan.SeriesLimit;
import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.index.SymbolTable;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Windows that downsampled blocks have of samples that are gone from the finer block. When that block is downsampled
/// again, because late samples joined it, the new block takes them over from those that it replaces.
public final class CarriedWindows implements AutoCloseable {
    private final List<Block> replaced;
    private final List<SeriesLimit> trimmed;
    private final OverlapMerger merger;
    private final SeriesMerger series;
    private boolean isAtSeries;

    /// @param replaced of one resolution, not empty; stay open
    /// @param trimmed  what the finer block lacks
    public CarriedWindows(List<Block> replaced, List<SeriesLimit> trimmed, int readBytes, QueryContext context)
            throws IOException {
        this.replaced = List.copyOf(replaced);
        this.trimmed = List.copyOf(trimmed);
        long resolutionMs = replaced.getFirst().meta().thanos().resolutionMs();
        this.merger = new OverlapMerger(new SampleOverlap(Deduplication.NONE, false, resolutionMs));
        var options = new BlockMerger.Options(Deduplication.NONE, false, SeriesRetention.NONE, readBytes);
        var union = new SymbolUnion(symbols());
        this.series = new SeriesMerger(this.replaced, union.read(), options, context);
        this.isAtSeries = series.next();
    }

    @Override
    public void close() {
        series.close();
    }

    /// Takes a series and its chunks.
    @FunctionalInterface
    public interface Sink {
        void add(Labels labels, List<EncodedChunk> chunks) throws IOException;
    }

    public List<BlockMeta> replaced() {
        return replaced.stream().map(Block::meta).toList();
    }

    /// Of all replaced blocks.
    public List<SymbolTable> symbols() {
        return replaced.stream().map(block -> block.index().symbols()).toList();
    }

    /// Hands on the series that only the replaced blocks have.
    ///
    /// @param next the next series of the new block; null at its end
    public void before(@Nullable Labels next, Sink sink) throws IOException {
        while (isAtSeries && (next == null || series.labels().compareTo(next) < 0)) {
            var chunks = carried();
            if (!chunks.isEmpty()) {
                sink.add(series.labels(), chunks);
            }
            isAtSeries = series.next();
        }
    }

    /// The chunks of a series of the new block, with the windows that the replaced blocks have of it. Of a window that
    /// both have, the one with more samples stays.
    ///
    /// @param labels ascending from call to call
    public List<EncodedChunk> join(Labels labels, List<EncodedChunk> chunks) throws IOException {
        if (!isAtSeries || !series.labels().equals(labels)) {
            return chunks;
        }
        var carried = carried();
        isAtSeries = series.next();
        return carried.isEmpty() ? chunks : chunks.isEmpty() ? carried : merger.merge(List.of(chunks, carried));
    }

    private List<EncodedChunk> carried() {
        long untilMs = SeriesLimit.trimmedUntilMs(trimmed, series.labels());
        return series.chunks().stream()
                .filter(chunk -> chunk.minMs() < untilMs)
                // they outlive the series' turn
                .map(chunk -> new EncodedChunk(chunk.encoding(), chunk.minMs(), chunk.maxMs(), chunk.copyBytes()))
                .toList();
    }
}
