package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import io.meridian.tsdb.block.BlockUpload;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// A large group of blocks, and a compactor on it in a process of its own:
/// `LargeGroup DIRECTORY MEMORY_LIMIT SCRATCH_LIMIT`. By hand, `LargeGroup write DIRECTORY MEGABYTES` makes a group.
final class LargeGroup {
    static final Labels LABELS = Labels.of("cluster", "large");
    private static final int BLOCKS = 5;
    private static final int SAMPLES_PER_BLOCK = 1440;

    private LargeGroup() {}

    /// Four blocks that will be merged, and one behind them; together about `megabytes`.
    static void write(Path directory, int megabytes) throws IOException {
        var bucket = new FarBucket(directory.resolve("bucket"));
        // Random values: 9 bytes each.
        int seriesCount = (int) (megabytes * 1_000_000L / (BLOCKS * 9L * SAMPLES_PER_BLOCK));
        for (int i = 0; i < BLOCKS; i++) {
            long minMs = START + 2L * i * HOUR;
            var id = BlockId.generate(minMs + 2 * HOUR + 1);
            Path path = directory.resolve("made").resolve(id.toString());
            var symbols = new TreeSet<String>(List.of("__name__", "number", "random_values"));
            for (int series = 0; series < seriesCount; series++) {
                symbols.add(number(series));
            }
            var chunks = chunks(minMs);
            try (var writer = new BlockWriter(path, symbols)) {
                for (int series = 0; series < seriesCount; series++) {
                    writer.add(Labels.of("__name__", "random_values", "number", number(series)), chunks);
                }
                var meta = BlockMeta.of(
                        id,
                        minMs,
                        minMs + 2 * HOUR,
                        writer.finish().stats(),
                        new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                        new BlockMeta.Thanos(LABELS, 0, "sidecar"));
                writer.commit(meta);
                new BlockUpload(false).upload(path, meta, bucket, Instant.ofEpochMilli(minMs));
            }
            Scratch.delete(path);
        }
    }

    private static String number(int series) {
        return "%08d".formatted(series);
    }

    private static List<EncodedChunk> chunks(long minMs) {
        var random = new SplittableRandom(minMs);
        var chunks = new ArrayList<EncodedChunk>();
        var encoder = new XorEncoder();
        long firstMs = minMs;
        for (int i = 0; i < SAMPLES_PER_BLOCK; i++) {
            long timeMs = minMs + 5000L * i;
            encoder.append(timeMs, Double.longBitsToDouble(random.nextLong() & 0x7FEFFFFFFFFFFFFFL));
            if (encoder.sampleCount() == 120) {
                chunks.add(new EncodedChunk(ChunkEncoding.XOR, firstMs, timeMs, encoder.toBytes()));
                encoder.clear();
                firstMs = timeMs + 5000;
            }
        }
        return chunks;
    }

    public static void main(String... arguments) throws IOException {
        if (arguments[0].equals("write")) {
            write(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
            return;
        }
        Path directory = Path.of(arguments[0]);
        Path scratch = Files.createDirectories(directory.resolve("scratch"));
        long[] peak = new long[1];
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                peak[0] = Math.max(peak[0], size(scratch));
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        });
        long nowMs = START + 20 * DAY;
        var bucket = new FarBucket(directory.resolve("bucket"));
        var lease = new LeaderLease(bucket, "large", Duration.ofSeconds(60), () -> nowMs);
        lease.poll();
        var options = CompactorOptions.DEFAULT.withLimits(
                new WorkLimits(Long.parseLong(arguments[1]), Long.parseLong(arguments[2]), 1));
        var status = new CompactorStatus(new Metrics());
        long started = System.nanoTime();
        boolean ok = new Compactor(
                        new BlockStore(bucket, null),
                        options,
                        lease,
                        status,
                        () -> new CpuKernel(1),
                        scratch,
                        () -> Instant.ofEpochMilli(nowMs))
                .run();
        System.out.printf(
                "ok=%s failed=%s seconds=%.1f scratchPeak=%d%n",
                ok, status.failedStreams(), (System.nanoTime() - started) / 1e9, peak[0]);
    }

    private static long size(Path directory) {
        try (var files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }
}
