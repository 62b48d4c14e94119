package io.meridian.compactor.downsample;

import io.meridian.compactor.merge.SeriesCursor;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.List;

/// Series → batches: raw XOR chunks are copied for the kernel, everything else is downsampled here and now.
final class SeriesCollector {
    private final HistogramDownsampler histograms = new HistogramDownsampler();
    private final CoarseFloatDownsampler coarse = new CoarseFloatDownsampler();
    private final RawFloatDownsampler floats = new RawFloatDownsampler();
    private final XorColumnDecoder columns = new XorColumnDecoder();

    /// Adds the series at the cursor.
    ///
    /// @param fromMs resolution of its block
    void collect(SeriesCursor cursor, long fromMs, DownsampleTarget target, DownsampleBatch batch) {
        long toMs = batch.resolutionMs();
        var runs = fromMs == Resolutions.RAW
                ? rawRuns(cursor.chunks(), toMs, batch)
                : aggregateRuns(cursor, fromMs, toMs, batch);
        batch.add(target, cursor.labels(), runs);
    }

    /// Cuts the series where it changes between floats and histograms.
    private List<Integer> rawRuns(List<EncodedChunk> chunks, long resolutionMs, DownsampleBatch batch) {
        var runs = new ArrayList<Integer>(1);
        for (int from = 0; from < chunks.size(); ) {
            boolean histogram = chunks.get(from).encoding().isHistogram();
            int to = from + 1;
            while (to < chunks.size() && chunks.get(to).encoding().isHistogram() == histogram) {
                to++;
            }
            var run = chunks.subList(from, to);
            if (histogram) {
                histograms.downsampleRaw(run, resolutionMs, batch.direct);
                runs.add(batch.endDirect());
            } else if (run.stream().allMatch(chunk -> chunk.encoding() == ChunkEncoding.XOR)) {
                for (var chunk : run) {
                    batch.raw.addChunk(chunk.array(), chunk.offset(), chunk.length());
                }
                runs.add(batch.raw.endRun());
            } else {
                downsampleDecoded(run, resolutionMs, batch.direct);
                runs.add(batch.endDirect());
            }
            from = to;
        }
        return runs;
    }

    /// Float chunks that the kernel does not read.
    private void downsampleDecoded(List<EncodedChunk> chunks, long resolutionMs, AggregateBatch out) {
        columns.clear();
        chunks.forEach(columns::decode);
        floats.downsampleDecoded(columns, resolutionMs, out);
    }

    /// Cuts the series where it changes between floats and histograms. Chunks of samples in a downsampled block, which
    /// old programs left behind, are downsampled to its resolution first.
    private List<Integer> aggregateRuns(SeriesCursor cursor, long fromMs, long toMs, DownsampleBatch batch) {
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
                histograms.downsampleAggregates(chunks.subList(from, to), fromMs, toMs, batch.direct);
            } else {
                coarse.downsample(chunks.subList(from, to), fromMs, toMs, batch.direct);
            }
            from = to;
        }
        return List.of(batch.endDirect());
    }

    private List<AggregateChunk> converted(EncodedChunk chunk, long resolutionMs) {
        var out = new AggregateBatch();
        if (chunk.encoding().isHistogram()) {
            histograms.downsampleRaw(List.of(chunk), resolutionMs, out);
        } else {
            downsampleDecoded(List.of(chunk), resolutionMs, out);
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
        var counter = chunk.part(Aggregate.COUNTER);
        var sum = chunk.part(Aggregate.SUM);
        return (counter != null && counter.encoding().isHistogram())
                || (sum != null && sum.encoding().isHistogram());
    }
}
