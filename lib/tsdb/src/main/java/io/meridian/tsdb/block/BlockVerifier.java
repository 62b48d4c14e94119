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
import io.meridian.tsdb.bytes.SegmentCursor;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.IndexVerifier;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads a whole block and says everything that is wrong with it: checksums, orders, postings against series, chunks
/// against the index, and samples against what their chunks promise.
public final class BlockVerifier {
    /// Enough to see what kind of damage it is.
    private static final int ISSUES_MAX = 1000;

    private final Bucket bucket;
    private final BlockId id;
    private final List<CorruptDataException> issues = new ArrayList<>();
    private final SampleBuffer samples = new SampleBuffer();
    private long chunkCount;
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

    private Report run() throws IOException {
        long seriesCount = 0;
        try (var block = BlockFiles.open(bucket, id)) {
            verifySizes(block.meta(), BlockFiles.sizes(bucket, id));
            for (ByteSource segment : block.chunks().segments()) {
                verifyHeader(segment);
            }
            String indexKey = BlockFiles.key(id, BlockFiles.INDEX);
            if (block.index() instanceof IndexReader index) {
                seriesCount = new IndexVerifier(indexKey, index, this::report)
                        .verify(batch -> verifyChunks(block, indexKey, batch));
            }
            verifyCounts(block.meta(), seriesCount);
        } catch (CorruptDataException e) {
            report(e);
        }
        return new Report(id, seriesCount, chunkCount, sampleCount, chunkBytes, issues);
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
        if (segment.size() < ChunkFormat.HEADER_LENGTH) {
            report(new CorruptDataException(segment.name(), 0, "segment too short: actual=" + segment.size()));
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var header = segment.read(0, ChunkFormat.HEADER_LENGTH, arena);
            int magic = header.get(SegmentCursor.BE32, 0);
            int version = header.get(ValueLayout.JAVA_BYTE, 4);
            if (magic != ChunkFormat.MAGIC || version != ChunkFormat.VERSION) {
                report(new CorruptDataException(
                        segment.name(), 0, "not a segment: magic=%08x, version=%d".formatted(magic, version)));
            }
        }
    }

    private void verifyChunks(Block block, String indexKey, List<SeriesEntry> batch) throws IOException {
        var context = QueryContext.unlimited();
        for (SeriesEntry entry : batch) {
            verifyTimes(block.meta(), indexKey, entry);
            try {
                for (Chunk chunk :
                        block.chunks().read(List.of(entry), false, context).getFirst()) {
                    chunkCount++;
                    verifyChunk(entry, chunk);
                }
            } catch (CorruptDataException e) {
                report(e);
            }
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
        verifyCount("numSamples", meta.stats().numSamples(), sampleCount);
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
