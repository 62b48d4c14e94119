package io.meridian.compactor.repair;

import io.meridian.compactor.StoredSeries;
import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockUpload;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Small blocks in buckets in memory, and what is in them.
final class SmallBlocks {
    static final Labels A = Labels.of("cluster", "a");
    static final int SAMPLES_PER_CHUNK = 20;
    static final long RANGE_MS = Duration.ofHours(2).toMillis();
    static final long START = 1_780_000_000_000L / RANGE_MS * RANGE_MS;

    private static final long STEP_MS = 15_000;
    private static final long SEGMENT_BYTES_MAX = 5_000;

    private final Path directory;

    SmallBlocks(Path directory) {
        this.directory = directory;
    }

    static EncodedChunk chunk(long fromMs, double first) {
        var encoder = new XorEncoder();
        for (int i = 0; i < SAMPLES_PER_CHUNK; i++) {
            encoder.append(fromMs + i * STEP_MS, first + i * 1.7);
        }
        return new EncodedChunk(
                ChunkEncoding.XOR, fromMs, fromMs + (SAMPLES_PER_CHUNK - 1) * STEP_MS, encoder.toBytes());
    }

    /// A level-1 block of two hours that is the `number`-th since [#START]; from 12 series on it has two segments.
    BlockId add(Bucket bucket, Labels external, int number, int seriesCount, RandomGenerator random)
            throws IOException {
        long fromMs = START + number * RANGE_MS;
        var all = new ArrayList<Labels>();
        for (int i = 0; i < seriesCount; i++) {
            all.add(Labels.of("__name__", "up", "job", "j" + i % 5, "pod", "p" + i));
        }
        all.sort(null);
        var symbols = new SymbolCollector();
        all.forEach(symbols::add);
        var id = BlockId.generate(fromMs + RANGE_MS);
        Path path = directory.resolve(id.toString());
        try (var writer = new BlockWriter(path, symbols, SEGMENT_BYTES_MAX)) {
            for (var labels : all) {
                var chunks = new ArrayList<EncodedChunk>();
                for (int c = 0; c < 24; c += 2) {
                    chunks.add(chunk(fromMs + (long) c * SAMPLES_PER_CHUNK * STEP_MS, random.nextInt(1000)));
                }
                writer.add(labels, chunks);
            }
            finish(writer, path, bucket, id, external, fromMs);
        }
        return id;
    }

    private static void finish(BlockWriter writer, Path path, Bucket bucket, BlockId id, Labels external, long fromMs)
            throws IOException {
        var summary = writer.finish();
        var meta = BlockMeta.of(
                id,
                fromMs,
                fromMs + RANGE_MS,
                summary.stats(),
                new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                new BlockMeta.Thanos(external, 0, "sidecar").withSegmentFiles(summary.segmentFiles()));
        writer.commit(meta);
        new BlockUpload(false).upload(path, meta, bucket, Instant.ofEpochMilli(fromMs + RANGE_MS));
    }

    /// One series: a chunk, the same again, one that overlaps both by half, one out of order.
    BlockId addOverlapping(Bucket bucket, Labels external) throws IOException {
        var id = BlockId.generate(START + RANGE_MS);
        Path path = directory.resolve(id.toString());
        var labels = Labels.of("__name__", "up");
        var symbols = new SymbolCollector();
        symbols.add(labels);
        try (var writer = new BlockWriter(path, symbols)) {
            long halfMs = SAMPLES_PER_CHUNK / 2 * STEP_MS;
            writer.add(
                    labels,
                    List.of(
                            chunk(START + 8 * halfMs, 3),
                            chunk(START, 1),
                            chunk(START, 1),
                            chunk(START + halfMs, 1 + 1.7 * SAMPLES_PER_CHUNK / 2)));
            finish(writer, path, bucket, id, external, START);
        }
        return id;
    }

    static InMemoryBucket copy(Bucket bucket) throws IOException {
        var copy = new InMemoryBucket();
        var keys = new ArrayList<String>();
        bucket.list("", object -> keys.add(object.key()));
        for (String key : keys) {
            copy.put(key, bucket.readAll(key), Bucket.Precondition.NONE);
        }
        return copy;
    }

    static void flip(Bucket bucket, String key, int at) throws IOException {
        byte[] bytes = bucket.readAll(key);
        bytes[at] ^= 4;
        bucket.put(key, bytes, Bucket.Precondition.NONE);
    }

    static FaultyBucket crashingAt(Bucket bucket, long operation) {
        return new FaultyBucket(bucket, FaultyBucket.from(operation, FaultyBucket.Kind.FAIL_AFTER));
    }

    /// Bits of values by time by series.
    static Map<Labels, TreeMap<Long, Long>> content(Bucket bucket, BlockId id) throws IOException {
        var content = new TreeMap<Labels, TreeMap<Long, Long>>();
        StoredSeries.of(bucket, id).forEach((labels, chunks) -> {
            var samples = new ExactSamples();
            chunks.forEach(samples::decode);
            var series = new TreeMap<Long, Long>();
            for (int i = 0; i < samples.size(); i++) {
                series.put(samples.time(i), Double.doubleToRawLongBits(samples.value(i)));
            }
            content.put(labels, series);
        });
        return content;
    }
}
