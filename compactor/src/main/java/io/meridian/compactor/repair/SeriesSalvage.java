package io.meridian.compactor.repair;

import io.meridian.compactor.merge.ChunkOverlaps;
import io.meridian.model.CorruptDataException;
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
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.Tombstones;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the chunks of series, a broken one costing nothing but itself.
final class SeriesSalvage {
    private static final int ISSUE_CHARS_MAX = 300;

    private final ChunkReader chunks;
    private final Tombstones tombstones;
    private final TimeRange range;
    private final List<Loss> losses;
    private final ChunkOverlaps overlaps;
    private final SampleBuffer samples = new SampleBuffer();
    private final QueryContext context = QueryContext.unlimited();

    /// @param range        what chunks may span, both ends inclusive
    /// @param resolutionMs of the block
    /// @param losses       takes up what cannot be saved
    SeriesSalvage(ChunkReader chunks, Tombstones tombstones, TimeRange range, long resolutionMs, List<Loss> losses) {
        this.overlaps = new ChunkOverlaps(resolutionMs);
        this.chunks = chunks;
        this.tombstones = tombstones;
        this.range = range;
        this.losses = losses;
    }

    /// The chunks of all entries as stored; null where not all can be read at once.
    @Nullable
    List<List<Chunk>> readAll(List<SeriesEntry> entries) throws IOException {
        try {
            return chunks.read(entries, true, context);
        } catch (CorruptDataException e) {
            return null;
        }
    }

    /// The chunks of one series that are right, ascending, none overlapping another.
    ///
    /// @param entries   all that the index has of the series
    /// @param preloaded the chunks of each entry, or null
    List<EncodedChunk> salvage(List<SeriesEntry> entries, @Nullable List<List<Chunk>> preloaded) throws IOException {
        var good = new ArrayList<EncodedChunk>();
        for (int e = 0; e < entries.size(); e++) {
            SeriesEntry entry = entries.get(e);
            var own = new ArrayList<EncodedChunk>();
            for (int i = 0; i < entry.chunkCount(); i++) {
                var chunk = preloaded == null
                        ? read(entry, i)
                        : (EncodedChunk) preloaded.get(e).get(i);
                if (chunk != null && isRight(entry.labels(), chunk)) {
                    own.add(chunk);
                }
            }
            good.addAll(overlaps.delete(own, tombstones.of(entry.ref())));
        }
        return overlaps.merge(good);
    }

    private @Nullable EncodedChunk read(SeriesEntry entry, int index) throws IOException {
        try {
            return (EncodedChunk) chunks.read(List.of(entry.withChunk(index)), true, context)
                    .getFirst()
                    .getFirst();
        } catch (CorruptDataException e) {
            lose(entry.labels(), entry.chunkMinMs(index), entry.chunkMaxMs(index), Loss.UNCOUNTED, message(e));
            return null;
        }
    }

    private static String message(CorruptDataException e) {
        String text = String.valueOf(e.getMessage());
        return text.length() > ISSUE_CHARS_MAX ? text.substring(0, ISSUE_CHARS_MAX) : text;
    }

    private boolean isRight(Labels labels, EncodedChunk chunk) {
        long count;
        String problem;
        try {
            count = chunk.encoding() == ChunkEncoding.AGGREGATE ? decodeAggregates(chunk) : decode(chunk);
            problem = problem(chunk, count);
        } catch (CorruptDataException e) {
            count = Loss.UNCOUNTED;
            problem = "cannot be decoded: " + message(e);
        }
        if (!problem.isEmpty()) {
            lose(labels, chunk.minMs(), chunk.maxMs(), count, problem);
        }
        return problem.isEmpty();
    }

    private long decode(EncodedChunk chunk) {
        samples.clear();
        ChunkCodec.decode(chunk, samples);
        return samples.size();
    }

    private long decodeAggregates(EncodedChunk chunk) {
        var aggregates =
                AggregateChunk.parse(chunk.minMs(), chunk.maxMs(), 0, chunk.array(), chunk.offset(), chunk.length());
        long count = 0;
        for (var slot : Aggregate.values()) {
            var part = aggregates.part(slot);
            long size = part == null ? 0 : decode(part);
            count = slot == Aggregate.COUNT ? size : count;
        }
        return count;
    }

    private String problem(EncodedChunk chunk, long count) {
        if (chunk.minMs() > chunk.maxMs()) {
            return "chunk ends before it begins";
        }
        if (chunk.minMs() < range.minMs() || chunk.maxMs() > range.maxMs()) {
            return "chunk lies outside of the block's time [%d, %d)".formatted(range.minMs(), range.maxMs());
        }
        return chunk.encoding() == ChunkEncoding.AGGREGATE ? "" : problemOfSamples(chunk, (int) count);
    }

    private String problemOfSamples(EncodedChunk chunk, int count) {
        if (count == 0) {
            return "chunk without samples";
        }
        long[] times = samples.times();
        for (int i = 1; i < count; i++) {
            if (times[i] <= times[i - 1]) {
                return "samples are out of order: %d after %d".formatted(times[i], times[i - 1]);
            }
        }
        return times[0] == chunk.minMs() && times[count - 1] == chunk.maxMs()
                ? ""
                : "not the chunk that the index means: its samples lie in [%d, %d]"
                        .formatted(times[0], times[count - 1]);
    }

    private void lose(Labels labels, long minMs, long maxMs, long count, String reason) {
        losses.add(new Loss(labels, minMs, maxMs, count, reason));
    }

    /// Samples that were there twice, or deleted before.
    long removedSamples() {
        return overlaps.removedSamples();
    }
}
