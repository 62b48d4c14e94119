package io.meridian.tsdb.block;

import io.meridian.model.GoFloat;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.histogram.HistogramText;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// What is in a block, as lines for people and for comparing: samples in the form of `promtool tsdb dump`, or series
/// with the places of their chunks. External labels are not added; deleted samples are left out of samples.
public final class BlockDump {
    private static final int BATCH = 1000;

    private final Block block;
    private final Consumer<String> out;
    private final SampleBuffer samples = new SampleBuffer();

    public BlockDump(Block block, Consumer<String> out) {
        this.block = block;
        this.out = out;
    }

    /// `{labels} value time`, and after it the start timestamp where one is known; of downsampled chunks every
    /// aggregate: `{labels} name value time`.
    public void samples(List<LabelMatcher> matchers, TimeRange range) throws IOException {
        forEachBatch(matchers, range, batch -> {
            var chunks = block.chunks().read(batch, false, QueryContext.unlimited());
            for (int i = 0; i < batch.size(); i++) {
                var entry = batch.get(i);
                for (Chunk chunk : chunks.get(i)) {
                    dump(entry, chunk, range);
                }
            }
        });
    }

    /// A line per series (`reference {labels}`) and an indented one per chunk (`[first, last] encoding, n bytes, at
    /// segment/offset`).
    public void series(List<LabelMatcher> matchers, TimeRange range) throws IOException {
        forEachBatch(matchers, range, batch -> {
            var chunks = block.chunks().read(batch, true, QueryContext.unlimited());
            for (int i = 0; i < batch.size(); i++) {
                var entry = batch.get(i);
                out.accept(entry.ref() + " " + entry.labels());
                for (int c = 0; c < entry.chunkCount(); c++) {
                    if (chunks.get(i).get(c) instanceof EncodedChunk chunk) {
                        out.accept("  [%d, %d] %s, %d bytes, at %d/%d"
                                .formatted(
                                        chunk.minMs(),
                                        chunk.maxMs(),
                                        chunk.encoding(),
                                        chunk.length(),
                                        ChunkFormat.segment(entry.chunkRef(c)),
                                        ChunkFormat.offset(entry.chunkRef(c))));
                    }
                }
            }
        });
    }

    /// Does something with some series.
    @FunctionalInterface
    private interface BatchVisitor {
        void visit(List<SeriesEntry> batch) throws IOException;
    }

    private void forEachBatch(List<LabelMatcher> matchers, TimeRange range, BatchVisitor visitor) throws IOException {
        var context = QueryContext.unlimited();
        var refs = new long[BATCH];
        var postings = block.index().select(matchers, context);
        for (int n = postings.fill(refs); n > 0; n = postings.fill(refs)) {
            visitor.visit(block.index().series(refs, 0, n, range, false, context));
        }
    }

    private void dump(SeriesEntry entry, Chunk chunk, TimeRange range) {
        switch (chunk) {
            case EncodedChunk encoded -> dump(entry, encoded, "", range);
            case AggregateChunk aggregate -> {
                for (Aggregate slot : Aggregate.values()) {
                    var part = aggregate.part(slot);
                    if (part != null) {
                        dump(entry, part, slot.name().toLowerCase(Locale.ROOT) + " ", range);
                    }
                }
            }
        }
    }

    private void dump(SeriesEntry entry, EncodedChunk chunk, String aggregate, TimeRange range) {
        samples.clear();
        ChunkCodec.decode(chunk, samples);
        Labels labels = entry.labels();
        var deleted = block.tombstones().of(entry.ref());
        for (int i = 0; i < samples.size(); i++) {
            long time = samples.times()[i];
            if (range.contains(time) && deleted.stream().noneMatch(interval -> interval.contains(time))) {
                out.accept(labels + " " + aggregate + value(i, chunk.encoding()) + " " + time + start(i));
            }
        }
    }

    private String value(int index, ChunkEncoding encoding) {
        var histograms = samples.histograms();
        var histogram = histograms == null ? null : histograms.get(index);
        if (histogram == null) {
            return GoFloat.general(samples.values()[index]);
        }
        return encoding == ChunkEncoding.HISTOGRAM || encoding == ChunkEncoding.HISTOGRAM_ST
                ? HistogramText.ofIntegers(histogram)
                : histogram.toString();
    }

    private String start(int index) {
        long[] starts = samples.startTimes();
        return starts == null || starts[index] == 0 ? "" : " " + starts[index];
    }
}
