package io.meridian.compactor.downsample;

import io.meridian.compactor.merge.MergedMeta;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.Labels;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A downsampled block being written.
final class DownsampleTarget implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DownsampleTarget.class);
    private static final int SERIES_BETWEEN_CHECKS = 256;

    /// The number of the block to be downsampled among those that [#union] has the symbols of.
    static final int SOURCE = 0;

    private final BlockDownsampler.Job job;
    private final SymbolUnion union;
    private final BlockWriter writer;
    private long series;
    private long seriesDropped;
    private @Nullable BlockMeta meta;

    DownsampleTarget(BlockDownsampler.Job job) throws IOException {
        this.job = job;
        var carried = job.carried();
        var symbols = new ArrayList<>(List.of(job.block().index().symbols()));
        if (carried != null) {
            symbols.addAll(carried.symbols());
        }
        this.union = new SymbolUnion(symbols);
        job.output().hold(union.retainedBytes());
        this.writer = job.output().open(union);
    }

    /// All symbols of the new block.
    SymbolUnion union() {
        return union;
    }

    /// Adds a series of the block.
    ///
    /// @param labels from `from` to `to`, as numbers of the union's symbols
    void add(int[] labels, int from, int to, List<EncodedChunk> chunks) throws IOException {
        var carried = job.carried();
        if (carried == null) {
            write(labels, from, to, chunks);
        } else {
            var own = union.labels(SOURCE, labels, from, to);
            carried.before(own, this::write);
            write(labels, from, to, carried.join(own, chunks));
        }
    }

    private void write(int[] labels, int from, int to, List<EncodedChunk> chunks) throws IOException {
        writer.add(labels, from, to, chunks);
        written(chunks);
    }

    /// A series that only a replaced block has.
    private void write(Labels labels, List<EncodedChunk> chunks) throws IOException {
        writer.add(labels, chunks);
        written(chunks);
    }

    private void written(List<EncodedChunk> chunks) throws IOException {
        if (chunks.isEmpty()) {
            seriesDropped++;
        }
        if (++series % SERIES_BETWEEN_CHECKS == 0) {
            job.output().progress();
        }
    }

    void finish() throws IOException {
        var carried = job.carried();
        if (carried != null) {
            carried.before(null, this::write);
        }
        job.output().progress();
        BlockMeta written = MergedMeta.downsampled(
                job.id(),
                job.block().meta(),
                carried == null ? List.of() : carried.replaced(),
                job.resolutionMs(),
                writer.finish());
        writer.commit(written);
        meta = written;
        if (seriesDropped > 0) {
            log.warn(
                    "{} series of block {} have only NaN or stale samples and are not in its {} block",
                    seriesDropped,
                    job.block().meta().id(),
                    Resolutions.name(job.resolutionMs()));
        }
    }

    /// As written.
    BlockMeta meta() {
        return Objects.requireNonNull(meta);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
