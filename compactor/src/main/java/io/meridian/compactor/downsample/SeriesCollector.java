package io.meridian.compactor.downsample;

import io.meridian.compactor.merge.RecordCursor;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.ChunkRecords;
import java.util.ArrayList;
import java.util.List;

/// Series → batches: raw XOR chunks are copied for the kernel, everything else is downsampled here and now.
final class SeriesCollector {
    private final HistogramDownsampler histograms = new HistogramDownsampler();
    private final CoarseFloatDownsampler coarse = new CoarseFloatDownsampler();
    private final RawFloatDownsampler floats = new RawFloatDownsampler();
    private final XorColumnDecoder columns = new XorColumnDecoder();

    /// Adds the runs of the series at the cursor.
    ///
    /// @param fromMs resolution of its block
    void collect(RecordCursor cursor, long fromMs, DownsampleBatch batch) {
        if (fromMs != Resolutions.RAW) {
            aggregateRuns(cursor.chunks(), fromMs, batch);
        } else if (!cursor.isAsStored() || !addRecords(cursor, batch)) {
            rawRuns(cursor.chunks(), batch);
        }
    }

    /// Hands the records of a series to the kernel as they are.
    ///
    /// @return false, and nothing is done, if there are others than XOR chunks among them
    private static boolean addRecords(RecordCursor cursor, DownsampleBatch batch) {
        ChunkRecords records = cursor.records();
        int to = cursor.recordsTo();
        for (int i = cursor.recordsFrom(); i < to; i++) {
            if (records.encoding(i) != ChunkEncoding.XOR) {
                return false;
            }
        }
        for (int i = cursor.recordsFrom(); i < to; i++) {
            batch.raw.addChunk(records.array(), records.payloadOffset(i), records.payloadLength(i));
        }
        batch.endRaw();
        return true;
    }

    /// Cuts the series where it changes between floats and histograms.
    private void rawRuns(List<EncodedChunk> chunks, DownsampleBatch batch) {
        for (int from = 0; from < chunks.size(); ) {
            boolean histogram = chunks.get(from).encoding().isHistogram();
            int to = from + 1;
            while (to < chunks.size() && chunks.get(to).encoding().isHistogram() == histogram) {
                to++;
            }
            var run = chunks.subList(from, to);
            if (histogram) {
                histograms.downsampleRaw(run, batch.resolutionMs(), batch.direct);
                batch.endDirect();
            } else if (run.stream().allMatch(chunk -> chunk.encoding() == ChunkEncoding.XOR)) {
                for (var chunk : run) {
                    batch.raw.addChunk(chunk.array(), chunk.offset(), chunk.length());
                }
                batch.endRaw();
            } else {
                downsampleDecoded(run, batch.resolutionMs(), batch.direct);
                batch.endDirect();
            }
            from = to;
        }
    }

    /// Float chunks that the kernel does not read.
    private void downsampleDecoded(List<EncodedChunk> chunks, long resolutionMs, AggregateBatch out) {
        columns.clear();
        chunks.forEach(columns::decode);
        floats.downsampleDecoded(columns, resolutionMs, out);
    }

    /// Cuts the series where it changes between floats and histograms. Chunks of samples in a downsampled block, which
    /// old programs left behind, are downsampled to its resolution first.
    private void aggregateRuns(List<EncodedChunk> stored, long fromMs, DownsampleBatch batch) {
        long toMs = batch.resolutionMs();
        var chunks = new ArrayList<AggregateChunk>();
        for (var chunk : stored) {
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
        batch.endDirect();
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
