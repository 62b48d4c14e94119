package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is wrong with the chunks of some series, and how many there are.
final class ChunkVerifier {
    private final Block block;
    private final String indexKey;
    private final List<CorruptDataException> issues = new ArrayList<>();
    private final SampleBuffer samples = new SampleBuffer();
    private long chunkCount;
    private long aggregateCount;
    private long sampleCount;
    private long chunkBytes;

    private ChunkVerifier(Block block, String indexKey) {
        this.block = block;
        this.indexKey = indexKey;
    }

    /// All series at once, so that chunks come in long ranges; one by one where some of them cannot be read.
    static ChunkVerifier verify(Block block, String indexKey, List<SeriesEntry> series) throws IOException {
        var verifier = new ChunkVerifier(block, indexKey);
        for (SeriesEntry entry : series) {
            verifier.verifyTimes(entry);
        }
        List<List<Chunk>> read;
        try {
            read = block.chunks().read(series, false, QueryContext.unlimited());
        } catch (CorruptDataException e) {
            read = List.of();
        }
        for (int i = 0; i < series.size(); i++) {
            verifier.verify(series.get(i), read.isEmpty() ? null : read.get(i));
        }
        return verifier;
    }

    List<CorruptDataException> issues() {
        return issues;
    }

    long chunkCount() {
        return chunkCount;
    }

    long aggregateCount() {
        return aggregateCount;
    }

    long sampleCount() {
        return sampleCount;
    }

    /// Bytes of all payloads.
    long chunkBytes() {
        return chunkBytes;
    }

    private void report(CorruptDataException issue) {
        if (issues.size() < BlockVerifier.ISSUES_MAX) {
            issues.add(issue);
        }
    }

    private void verify(SeriesEntry entry, @Nullable List<Chunk> read) throws IOException {
        try {
            var chunks = read == null
                    ? block.chunks()
                            .read(List.of(entry), false, QueryContext.unlimited())
                            .getFirst()
                    : read;
            for (Chunk chunk : chunks) {
                chunkCount++;
                aggregateCount += chunk instanceof AggregateChunk ? 1 : 0;
                verifyChunk(entry, chunk);
            }
        } catch (CorruptDataException e) {
            report(e);
        }
    }

    private void verifyTimes(SeriesEntry entry) {
        BlockMeta meta = block.meta();
        for (int i = 0; i < entry.chunkCount(); i++) {
            long min = entry.chunkMinMs(i);
            long max = entry.chunkMaxMs(i);
            String what = null;
            if (max < min) {
                what = "chunk ends before it begins";
            } else if (min < meta.minTimeMs() || max > meta.maxTimeMs()) {
                what = "chunk outside of the block's time [" + meta.minTimeMs() + ", " + meta.maxTimeMs() + ")";
            } else if (i > 0 && min <= entry.chunkMaxMs(i - 1)) {
                what = "chunk begins before the one before it ends, at " + entry.chunkMaxMs(i - 1);
            }
            if (what != null) {
                report(new CorruptDataException(
                        indexKey,
                        -1,
                        "series " + entry.labels() + ", chunk " + i + " [" + min + ", " + max + "]: " + what));
            }
        }
    }

    private void verifyChunk(SeriesEntry entry, Chunk chunk) {
        switch (chunk) {
            case EncodedChunk encoded -> {
                chunkBytes += encoded.length();
                samples.clear();
                ChunkCodec.decode(encoded, samples);
                sampleCount += samples.size();
                verifySamples(entry, encoded);
            }
            case AggregateChunk aggregate -> {
                for (Aggregate slot : Aggregate.values()) {
                    EncodedChunk part = aggregate.part(slot);
                    if (part != null) {
                        chunkBytes += part.length();
                        samples.clear();
                        ChunkCodec.decode(part, samples);
                        sampleCount += slot == Aggregate.COUNT ? samples.size() : 0;
                    }
                }
            }
        }
    }

    private void verifySamples(SeriesEntry entry, EncodedChunk chunk) {
        long[] times = samples.times();
        int size = samples.size();
        boolean rising = true;
        for (int i = 1; i < size; i++) {
            rising &= times[i] > times[i - 1];
        }
        if (size == 0 || !rising || times[0] != chunk.minMs() || times[size - 1] != chunk.maxMs()) {
            report(new CorruptDataException(
                    BlockFiles.key(block.meta().id(), "chunks"),
                    -1,
                    "series " + entry.labels() + ", " + chunk + ": "
                            + (size == 0
                                    ? "no samples"
                                    : !rising
                                            ? "samples out of order"
                                            : "samples lie in [" + times[0] + ", " + times[size - 1] + "]")));
        }
    }
}
