package io.meridian.compactor.downsample;

import io.meridian.compactor.merge.BlockOutput;
import io.meridian.compactor.merge.MergedMeta;
import io.meridian.compactor.merge.SeriesCursor;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A block → the same block at a coarser resolution. Series come in order, are collected into batches, the float ones
/// go through the kernel together, and are written in order. Not thread-safe.
public final class BlockDownsampler {
    private static final Logger log = LoggerFactory.getLogger(BlockDownsampler.class);
    private static final int READ_BYTES_MAX = 4 << 20;

    private final DownsampleKernel kernel;
    private final RawBatch raw = new RawBatch();
    private final AggregateBatch direct = new AggregateBatch();
    private final HistogramDownsampler histograms = new HistogramDownsampler();
    private final CoarseFloatDownsampler coarse = new CoarseFloatDownsampler();
    private final RawFloatDownsampler floats = new RawFloatDownsampler();
    private final XorColumnDecoder columns = new XorColumnDecoder();
    private final SampleBuffer decoded = new SampleBuffer();
    private final List<PendingSeries> pending = new ArrayList<>();
    private int directRuns;
    private long seriesDropped;

    public BlockDownsampler(DownsampleKernel kernel) {
        this.kernel = kernel;
    }

    /// A series whose runs are in the kernel's batch, or done already in [#direct].
    ///
    /// @param runs number of a run in the kernel's batch, or -1 minus its number in the direct batch
    private record PendingSeries(Labels labels, List<Integer> runs) {}

    /// Writes the downsampled block into `directory`, which must not exist, meta.json last.
    ///
    /// @param resolutionMs 300,000 of raw blocks, 3,600,000 of either
    /// @throws IllegalArgumentException if the block's resolution is not finer
    /// @throws CorruptDataException     if the block cannot be read
    public BlockMeta downsample(Block block, long resolutionMs, BlockId id, Path directory, QueryContext context)
            throws IOException {
        return downsample(block, resolutionMs, id, BlockOutput.directory(directory), Integer.MAX_VALUE, context);
    }

    /// As above, to wherever the output lies.
    ///
    /// @param batchBytesMax about how many bytes of chunks may be read at once, and downsampled at once
    public BlockMeta downsample(
            Block block, long resolutionMs, BlockId id, BlockOutput output, int batchBytesMax, QueryContext context)
            throws IOException {
        long fromMs = block.meta().thanos().resolutionMs();
        if (resolutionMs <= fromMs || !Resolutions.isKnown(resolutionMs)) {
            throw new IllegalArgumentException("block %s has resolution %s, %s cannot be made of it"
                    .formatted(block.meta().id(), Resolutions.name(fromMs), Resolutions.name(resolutionMs)));
        }
        seriesDropped = 0;
        clear();
        int batchBytes = Math.min(kernel.batchBytes(), batchBytesMax);
        var cursor = new SeriesCursor(block, Math.min(batchBytes, READ_BYTES_MAX), context);
        try (var writer = output.open(block.index().symbols())) {
            while (cursor.next()) {
                context.check();
                pending.add(new PendingSeries(
                        cursor.labels(),
                        fromMs == Resolutions.RAW
                                ? rawRuns(cursor.chunks(), resolutionMs)
                                : aggregateRuns(cursor, fromMs, resolutionMs)));
                if (raw.sizeBytes() + direct.used >= batchBytes) {
                    write(writer, resolutionMs);
                    output.progress();
                }
            }
            write(writer, resolutionMs);
            output.progress();
            BlockMeta meta = MergedMeta.downsampled(id, block.meta(), resolutionMs, writer.finish());
            writer.commit(meta);
            if (seriesDropped > 0) {
                log.warn(
                        "{} series of block {} have only NaN or stale samples and are not in its {} block",
                        seriesDropped,
                        block.meta().id(),
                        Resolutions.name(resolutionMs));
            }
            return meta;
        }
    }

    private void clear() {
        raw.clear();
        direct.clear();
        directRuns = 0;
        pending.clear();
    }

    /// Cuts the series where it changes between floats and histograms.
    private List<Integer> rawRuns(List<EncodedChunk> chunks, long resolutionMs) {
        var runs = new ArrayList<Integer>(1);
        for (int from = 0; from < chunks.size(); ) {
            boolean histogram = chunks.get(from).encoding().isHistogram();
            int to = from + 1;
            while (to < chunks.size() && chunks.get(to).encoding().isHistogram() == histogram) {
                to++;
            }
            var run = chunks.subList(from, to);
            if (histogram) {
                histograms.downsampleRaw(run, resolutionMs, direct);
                runs.add(endDirect());
            } else if (run.stream().allMatch(chunk -> chunk.encoding() == ChunkEncoding.XOR)) {
                for (var chunk : run) {
                    raw.addChunk(chunk.array(), chunk.offset(), chunk.length());
                }
                runs.add(raw.endRun());
            } else {
                downsampleDecoded(run, resolutionMs);
                runs.add(endDirect());
            }
            from = to;
        }
        return runs;
    }

    private int endDirect() {
        direct.endRun();
        return -1 - directRuns++;
    }

    /// Float chunks that the kernel does not read.
    private void downsampleDecoded(List<EncodedChunk> chunks, long resolutionMs) {
        columns.clear();
        for (var chunk : chunks) {
            decoded.clear();
            ChunkCodec.decode(chunk, decoded);
            columns.append(decoded.times(), decoded.values(), decoded.size());
        }
        floats.downsampleDecoded(columns, resolutionMs, direct);
    }

    /// Cuts the series where it changes between floats and histograms. Chunks of samples in a downsampled block, which
    /// old programs left behind, are downsampled to its resolution first.
    private List<Integer> aggregateRuns(SeriesCursor cursor, long fromMs, long toMs) {
        var chunks = new ArrayList<AggregateChunk>();
        for (var chunk : cursor.chunks()) {
            if (chunk.encoding() == ChunkEncoding.AGGREGATE) {
                chunks.add(AggregateChunk.parse(
                        chunk.minMs(), chunk.maxMs(), fromMs, chunk.array(), chunk.offset(), chunk.length()));
            } else {
                chunks.addAll(converted(chunk, fromMs));
            }
        }
        for (int from = 0; from < chunks.size(); ) {
            boolean histogram = isHistogram(chunks.get(from));
            int to = from + 1;
            while (to < chunks.size() && isHistogram(chunks.get(to)) == histogram) {
                to++;
            }
            if (histogram) {
                histograms.downsampleAggregates(chunks.subList(from, to), fromMs, toMs, direct);
            } else {
                coarse.downsample(chunks.subList(from, to), fromMs, toMs, direct);
            }
            from = to;
        }
        return List.of(endDirect());
    }

    private List<AggregateChunk> converted(EncodedChunk chunk, long resolutionMs) {
        var out = new AggregateBatch();
        if (chunk.encoding().isHistogram()) {
            histograms.downsampleRaw(List.of(chunk), resolutionMs, out);
        } else {
            columns.clear();
            decoded.clear();
            ChunkCodec.decode(chunk, decoded);
            columns.append(decoded.times(), decoded.values(), decoded.size());
            floats.downsampleDecoded(columns, resolutionMs, out);
        }
        out.endRun();
        var converted = new ArrayList<AggregateChunk>();
        for (int i = 0; i < out.endChunk(0); i++) {
            converted.add(AggregateChunk.parse(
                    out.minMs(i), out.maxMs(i), resolutionMs, out.array(), out.payloadOffset(i), out.payloadLength(i)));
        }
        return converted;
    }

    private static boolean isHistogram(AggregateChunk chunk) {
        var counter = chunk.part(io.meridian.model.chunk.Aggregate.COUNTER);
        var sum = chunk.part(io.meridian.model.chunk.Aggregate.SUM);
        return (counter != null && counter.encoding().isHistogram())
                || (sum != null && sum.encoding().isHistogram());
    }

    /// Runs the kernel over what is pending and writes all series in order.
    private void write(BlockWriter writer, long resolutionMs) throws IOException {
        var results = raw.runs() == 0 ? List.<AggregateBatch>of() : kernel.downsample(raw, resolutionMs);
        int shard = 0;
        int shardStart = 0;
        for (var series : pending) {
            var chunks = new ArrayList<EncodedChunk>();
            for (int run : series.runs) {
                if (run < 0) {
                    add(direct, -1 - run, chunks);
                    continue;
                }
                while (run - shardStart >= results.get(shard).runs()) {
                    shardStart += results.get(shard++).runs();
                }
                add(results.get(shard), run - shardStart, chunks);
            }
            if (chunks.isEmpty()) {
                seriesDropped++;
            } else {
                writer.add(series.labels, chunks);
            }
        }
        clear();
    }

    private static void add(AggregateBatch batch, int run, List<EncodedChunk> chunks) {
        for (int i = batch.firstChunk(run); i < batch.endChunk(run); i++) {
            chunks.add(new EncodedChunk(
                    ChunkEncoding.AGGREGATE,
                    batch.minMs(i),
                    batch.maxMs(i),
                    batch.array(),
                    batch.payloadOffset(i),
                    batch.payloadLength(i)));
        }
    }
}
