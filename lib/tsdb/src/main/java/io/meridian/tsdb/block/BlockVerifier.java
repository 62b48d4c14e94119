package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexVerifier;
import io.meridian.tsdb.index.RangeReader;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads a whole block and says everything that is wrong with it: checksums, orders, postings against series, chunks
/// against the index, and samples against what their chunks promise.
public final class BlockVerifier {
    /// Enough to see what kind of damage it is.
    static final int ISSUES_MAX = 1000;

    /// More do not make it faster, but hold more.
    private static final int WORKERS = Math.min(4, Runtime.getRuntime().availableProcessors());

    /// Chunks that each worker holds at once.
    private static final int CHUNKS_BATCH = 1024;

    private final Bucket bucket;
    private final BlockId id;
    private final List<CorruptDataException> issues = new ArrayList<>();
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
        long seriesCount;
        try (var workers = Executors.newFixedThreadPool(
                WORKERS, Thread.ofPlatform().name("verify-", 0).daemon().factory())) {
            seriesCount = new IndexVerifier(indexKey, block.index(), this::report)
                    .verify(batch -> verifyChunks(block, indexKey, batch, workers));
        }
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

    /// Parts of the batch are read side by side and counted in their order.
    private void verifyChunks(Block block, String indexKey, List<SeriesEntry> batch, ExecutorService workers)
            throws IOException {
        var running = new ArrayDeque<Future<ChunkVerifier>>();
        for (int from = 0; from < batch.size(); ) {
            int to = from;
            long chunks = 0;
            do {
                chunks += batch.get(to++).chunkCount();
            } while (to < batch.size() && chunks + batch.get(to).chunkCount() <= CHUNKS_BATCH);
            if (running.size() > WORKERS) {
                add(RangeReader.await(running.remove()));
            }
            var part = batch.subList(from, to);
            running.add(workers.submit(() -> ChunkVerifier.verify(block, indexKey, part)));
            from = to;
        }
        while (!running.isEmpty()) {
            add(RangeReader.await(running.remove()));
        }
    }

    private void add(ChunkVerifier part) {
        part.issues().forEach(this::report);
        chunkCount += part.chunkCount();
        aggregateCount += part.aggregateCount();
        sampleCount += part.sampleCount();
        chunkBytes += part.chunkBytes();
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
