package io.meridian.compactor;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Every sample and every window that blocks hold, one by one.
final class StoredFacts {
    private static final List<Aggregate> COMPARED =
            List.of(Aggregate.COUNT, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX);

    private StoredFacts() {}

    /// @param aggregate `raw`, or that of a window
    /// @param value     bits, or what a histogram has for them
    record Fact(Labels external, Labels series, long resolutionMs, long atMs, String aggregate, long value) {
        /// That there is something in the window of a coarser resolution.
        Fact window(long coarserMs) {
            return new Fact(external, series, coarserMs, Math.floorDiv(atMs, coarserMs), "window", 0);
        }

        /// As if it were nobody's.
        Fact anywhere() {
            return new Fact(Labels.empty(), series, resolutionMs, atMs, aggregate, value);
        }

        /// That there is something at the time.
        Fact anyValue() {
            return new Fact(external, series, resolutionMs, atMs, "any", 0);
        }
    }

    /// What can be read of a block: nothing, where it is damaged.
    static Set<Fact> of(Bucket bucket, BlockMeta meta) {
        var facts = new HashSet<Fact>();
        var external = meta.thanos().labels().without(List.of("replica"));
        try {
            StoredSeries.of(bucket, meta.id())
                    .forEach((series, chunks) -> chunks.forEach(chunk ->
                            addAll(facts, external, series, meta.thanos().resolutionMs(), chunk)));
        } catch (CorruptDataException | IOException e) {
            return facts;
        }
        return facts;
    }

    private static void addAll(Set<Fact> facts, Labels external, Labels series, long resolutionMs, EncodedChunk chunk) {
        try {
            if (chunk.encoding() != ChunkEncoding.AGGREGATE) {
                add(facts, external, series, resolutionMs, "raw", chunk);
                return;
            }
            var parts = AggregateChunk.parse(
                    chunk.minMs(), chunk.maxMs(), resolutionMs, chunk.array(), chunk.offset(), chunk.length());
            for (var aggregate : COMPARED) {
                var part = parts.part(aggregate);
                if (part != null) {
                    add(facts, external, series, resolutionMs, aggregate.toString(), part);
                }
            }
        } catch (CorruptDataException e) {
            return;
        }
    }

    private static void add(
            Set<Fact> facts, Labels external, Labels series, long resolutionMs, String aggregate, EncodedChunk chunk) {
        var samples = new SampleBuffer();
        ChunkCodec.decode(chunk, samples);
        var histograms = samples.histograms();
        for (int i = 0; i < samples.size(); i++) {
            long at = samples.times()[i];
            boolean isHistogram = histograms != null && histograms.isPresent(i);
            long value = isHistogram
                    ? Double.doubleToRawLongBits(
                            histograms.get(i).count() + 1e6 * histograms.get(i).sum())
                    : Double.doubleToRawLongBits(samples.values()[i]);
            var fact = new Fact(external, series, resolutionMs, at, aggregate, value);
            facts.add(fact);
            facts.add(fact.anyValue());
            if (resolutionMs > 0) {
                facts.add(fact.window(resolutionMs));
            }
        }
    }
}
