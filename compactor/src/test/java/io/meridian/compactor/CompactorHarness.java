package io.meridian.compactor;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.compactor.merge.ChunkSamples;
import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
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
import java.util.TreeSet;
import java.util.zip.CRC32C;

/// A bucket with small blocks, a clock that stands still, and compactors on it.
final class CompactorHarness {
    static final long HOUR = Duration.ofHours(1).toMillis();
    static final long DAY = Duration.ofDays(1).toMillis();
    /// On a border of 14 days, in the year 2030.
    static final long START = 1_570 * 14 * DAY;

    /// Those of every block.
    static final List<Labels> SERIES = List.of(
            Labels.of("__name__", "gauge", "i", "1"),
            Labels.of("__name__", "requests_total", "i", "1"),
            Labels.of("__name__", "requests_total", "i", "2"));

    final InMemoryBucket bucket = new InMemoryBucket();
    final Path directory;
    long nowMs = START + 20 * DAY;
    CompactorStatus status = new CompactorStatus(new Metrics());

    CompactorHarness(Path directory) {
        this.directory = directory;
    }

    Compactor compactor(Bucket through, CompactorOptions options) throws IOException {
        var lease = new LeaderLease(through, "harness", Duration.ofSeconds(60), () -> nowMs);
        lease.poll();
        status = new CompactorStatus(new Metrics());
        return new Compactor(
                new BlockStore(through, null),
                options,
                lease,
                status,
                () -> new CpuKernel(1),
                directory.resolve("scratch"),
                () -> Instant.ofEpochMilli(nowMs));
    }

    /// Adds consecutive raw blocks of two hours.
    List<BlockId> addStream(Labels external, int count) throws IOException {
        var ids = new ArrayList<BlockId>();
        for (int i = 0; i < count; i++) {
            long minMs = START + 2L * i * HOUR;
            ids.add(addBlock(external, minMs, minMs + 2 * HOUR, 60_000, List.of()));
        }
        return ids;
    }

    BlockId addBlock(Labels external, long minMs, long maxMs, long stepMs, List<String> hints) throws IOException {
        return addBlock(BlockId.generate(maxMs + 1), external, minMs, maxMs, stepMs, hints);
    }

    BlockId addBlock(BlockId id, Labels external, long minMs, long maxMs, long stepMs, List<String> hints)
            throws IOException {
        Path path = directory.resolve("made").resolve(id.toString());
        var series = SERIES;
        var symbols = new SymbolCollector();
        series.forEach(symbols::add);
        try (var writer = new BlockWriter(path, symbols)) {
            for (int s = 0; s < series.size(); s++) {
                writer.add(series.get(s), chunks(s, minMs, maxMs, stepMs));
            }
            var summary = writer.finish();
            var meta = BlockMeta.of(
                    id,
                    minMs,
                    maxMs,
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(id), List.of(), hints),
                    new BlockMeta.Thanos(external, 0, "sidecar").withSegmentFiles(summary.segmentFiles()));
            writer.commit(meta);
            new BlockUpload(false).upload(path, meta, bucket, Instant.ofEpochMilli(maxMs));
        }
        return id;
    }

    private static List<EncodedChunk> chunks(int series, long minMs, long maxMs, long stepMs) {
        var chunks = new ArrayList<EncodedChunk>();
        for (long from = minMs; from < maxMs; ) {
            var encoder = new XorEncoder();
            long at = from;
            for (; at < maxMs && encoder.sampleCount() < 120; at += stepMs) {
                double value = series == 0 ? Math.sin(at / 1e6) : (at - START) / 1000.0 * series % 50_000;
                encoder.append(at, value);
            }
            chunks.add(new EncodedChunk(ChunkEncoding.XOR, from, at - stepMs, encoder.toBytes()));
            from = at;
        }
        return chunks;
    }

    /// The blocks that count: complete and not marked for deletion.
    List<BlockMeta> live() throws IOException {
        var store = new BlockStore(bucket, null);
        var objects = store.discover();
        var metas = store.metas(BlockStore.complete(objects)).found();
        return metas.values().stream()
                .filter(meta -> {
                    var found = objects.get(meta.id());
                    return found != null && !found.marks().contains(BlockMark.Kind.DELETION);
                })
                .toList();
    }

    /// What a reader of the bucket sees, whatever the names of the blocks are.
    String content() throws IOException {
        var lines = new TreeSet<String>();
        for (var meta : live()) {
            lines.add("%s %d [%d, %d) level %d sources %s data %s"
                    .formatted(
                            meta.thanos().labels(),
                            meta.thanos().resolutionMs(),
                            meta.minTimeMs(),
                            meta.maxTimeMs(),
                            meta.compaction().level(),
                            meta.compaction().sources(),
                            data(meta.id())));
        }
        return String.join("\n", lines);
    }

    private String data(BlockId id) throws IOException {
        var crc = new CRC32C();
        long samples = 0;
        for (var series : StoredSeries.of(bucket, id).entrySet()) {
            crc.update(series.getKey().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            for (var chunk : series.getValue()) {
                samples += ChunkSamples.count(chunk);
                crc.update(chunk.array(), chunk.offset(), chunk.length());
            }
        }
        return samples + ":" + Long.toHexString(crc.getValue());
    }

    /// Raw samples, by stream, in the blocks that count.
    long rawSamples(Labels external) throws IOException {
        return live().stream()
                .filter(meta ->
                        meta.thanos().labels().equals(external) && meta.thanos().resolutionMs() == 0)
                .mapToLong(meta -> meta.stats().numSamples())
                .sum();
    }

    /// Keys and sizes of everything in the bucket.
    Map<String, Long> keys() throws IOException {
        var keys = new java.util.TreeMap<String, Long>();
        bucket.list("", object -> keys.put(object.key(), object.sizeBytes()));
        return keys;
    }
}
