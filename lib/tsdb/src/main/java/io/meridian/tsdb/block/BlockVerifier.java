package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexVerifier;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a whole block and says everything that is wrong with it: checksums, orders, postings against series, chunks
/// against the index, and samples against what their chunks promise.
public final class BlockVerifier {
    /// Enough to see what kind of damage it is.
    private static final int ISSUES_MAX = 1000;

    /// Chunks that are held at once.
    private static final int CHUNKS_BATCH = 2048;

    private final Bucket bucket;
    private final BlockId id;
    private final List<CorruptDataException> issues = new ArrayList<>();
    private final SampleBuffer samples = new SampleBuffer();
    private long chunkCount;
    private long aggregateCount;
    private long sampleCount;
    private long chunkBytes;

    /// What was found.
    ///
    /// @param issues empty for a sound block
    public record Report(
            BlockId id,
            long seriesCount,
            long chunkCount,
            long sampleCount,
            long chunkBytes,
            List<CorruptDataException> issues) {
        public Report {
            issues = List.copyOf(issues);
        }

        public boolean isSound() {
            return issues.isEmpty();
        }
    }

    private BlockVerifier(Bucket bucket, BlockId id) {
        this.bucket = bucket;
        this.id = id;
    }

    /// @throws IOException if objects cannot be read for reasons other than their content
    public static Report verify(Bucket bucket, BlockId id) throws IOException {
        return new BlockVerifier(bucket, id).run();
    }

    /// Verifies a block that is open already, such as one that has no meta.json yet.
    ///
    /// @param sizes of its objects, by path
    public static Report verify(Bucket bucket, Block block, Map<String, Long> sizes) throws IOException {
        var verifier = new BlockVerifier(bucket, block.meta().id());
        long seriesCount = 0;
        try {
            seriesCount = verifier.verifyBlock(block, sizes);
        } catch (CorruptDataException e) {
            verifier.report(e);
        }
        return verifier.result(seriesCount);
    }

    private Report run() throws IOException {
        long seriesCount = 0;
        try (var block = BlockFiles.open(bucket, id)) {
            seriesCount = verifyBlock(block, BlockFiles.sizes(bucket, id));
        } catch (CorruptDataException e) {
            report(e);
        }
        return result(seriesCount);
    }

    private Report result(long seriesCount) {
        return new Report(id, seriesCount, chunkCount, sampleCount, chunkBytes, issues);
    }

    private long verifyBlock(Block block, Map<String, Long> sizes) throws IOException {
        verifySizes(block.meta(), sizes);
        for (ByteSource segment : block.chunks().segments()) {
            verifyHeader(segment);
        }
        String indexKey = BlockFiles.key(id, BlockFiles.INDEX);
        long seriesCount = new IndexVerifier(indexKey, block.index(), this::report)
                .verify(batch -> verifyChunks(block, indexKey, batch));
        verifyCounts(block.meta(), seriesCount);
        return seriesCount;
    }

    private void report(CorruptDataException issue) {
        if (issues.size() < ISSUES_MAX) {
            issues.add(issue);
        }
    }

    private void verifySizes(BlockMeta meta, Map<String, Long> sizes) {
        for (var file : meta.thanos().files()) {
            long actual = sizes.getOrDefault(file.path(), -1L);
            if (actual < 0 || file.sizeBytes() > 0 && file.sizeBytes() != actual) {
                report(new CorruptDataException(
                        BlockFiles.key(id, file.path()),
                        -1,
                        "size is not that in meta.json: expected=" + file.sizeBytes() + ", actual=" + actual));
            }
        }
    }

    private void verifyHeader(ByteSource segment) throws IOException {
        try {
            ChunkReader.verifyHeader(segment);
        } catch (CorruptDataException e) {
            report(e);
        }
    }

    /// Many series at once, so that chunks come in long ranges; one by one where some of them cannot be read.
    private void verifyChunks(Block block, String indexKey, List<SeriesEntry> batch) throws IOException {
        for (int from = 0; from < batch.size(); ) {
            int to = from;
            long chunks = 0;
            do {
                chunks += batch.get(to++).chunkCount();
            } while (to < batch.size() && chunks + batch.get(to).chunkCount() <= CHUNKS_BATCH);
            var part = batch.subList(from, to);
            for (SeriesEntry entry : part) {
                verifyTimes(block.meta(), indexKey, entry);
            }
            List<List<Chunk>> read;
            try {
                read = block.chunks().read(part, false, QueryContext.unlimited());
            } catch (CorruptDataException e) {
                read = List.of();
            }
            for (int i = 0; i < part.size(); i++) {
                verifyChunks(block, part.get(i), read.isEmpty() ? null : read.get(i));
            }
            from = to;
        }
    }

    private void verifyChunks(Block block, SeriesEntry entry, @Nullable List<Chunk> read) throws IOException {
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

    private void verifyTimes(BlockMeta meta, String indexKey, SeriesEntry entry) {
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
                    BlockFiles.key(id, "chunks"),
                    -1,
                    "series " + entry.labels() + ", " + chunk + ": "
                            + (size == 0
                                    ? "no samples"
                                    : !rising
                                            ? "samples out of order"
                                            : "samples lie in [" + times[0] + ", " + times[size - 1] + "]")));
        }
    }

    private void verifyCounts(BlockMeta meta, long seriesCount) {
        verifyCount("numSeries", meta.stats().numSeries(), seriesCount);
        verifyCount("numChunks", meta.stats().numChunks(), chunkCount);
        verifyKinds(meta.thanos().resolutionMs());
        verifyCount("numSamples", meta.stats().numSamples(), sampleCount);
    }

    /// Some raw chunks in a downsampled block are what old programs left behind; nothing else is.
    private void verifyKinds(long resolutionMs) {
        boolean fits = resolutionMs == 0 ? aggregateCount == 0 : aggregateCount > 0 || chunkCount == 0;
        if (!fits) {
            report(new CorruptDataException(
                    BlockFiles.key(id, BlockMeta.FILE),
                    -1,
                    "thanos.downsample.resolution is not that of the chunks: resolution=%d, downsampled chunks=%d of %d"
                            .formatted(resolutionMs, aggregateCount, chunkCount)));
        }
    }

    private void verifyCount(String member, long expected, long actual) {
        if (expected != actual && issues.isEmpty()) {
            report(new CorruptDataException(
                    BlockFiles.key(id, BlockMeta.FILE),
                    -1,
                    "stats." + member + " is not what the block has: expected=" + expected + ", actual=" + actual));
        }
    }
}
