package io.meridian.bench;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.Spans;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockMeta.Compaction;
import io.meridian.tsdb.block.BlockMeta.Thanos;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.MappedChunks;
import io.meridian.tsdb.block.SymbolCollector;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Blocks for measurements, the same at every run: `BenchBlocks SET DIRECTORY`.
///
/// `small`: 1,000 pods × 3 containers (a counter and a gauge each), 100 classic and 100 native histograms, 30 s, 6 h.
/// `large`: the same for 10 containers, 15 s, 24 h. Both end at [#END_MS].
public final class BenchBlocks {
    /// 2026-08-29T10:00:00Z.
    static final long END_MS = 1_787_997_600_000L;

    private static final long HOUR_MS = 3_600_000;
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private interface Writer {
        void write(SplittableRandom random, ExactSamples target);
    }

    private final TreeMap<Labels, Writer> series = new TreeMap<>();
    private final long spanMs;
    private final long stepMs;

    private BenchBlocks(long spanMs, long stepMs) {
        this.spanMs = spanMs;
        this.stepMs = stepMs;
    }

    /// Writes the block and prints its directory.
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: BenchBlocks small|large DIRECTORY");
            System.exit(2);
        }
        boolean large = arguments[0].equals("large");
        var blocks = large ? new BenchBlocks(24 * HOUR_MS, 15_000) : new BenchBlocks(6 * HOUR_MS, 30_000);
        blocks.fill(large ? 10 : 3);
        System.out.println(blocks.write(Path.of(arguments[1])));
    }

    /// Opens the block in a directory, mapped, as the store gateway opens one of a local bucket.
    static Block open(Path directory) throws IOException {
        var bucket = new FilesystemBucket(directory);
        BlockId id = find(directory);
        String metaKey = BlockFiles.key(id, BlockMeta.FILE);
        var meta = BlockMeta.parse(metaKey, bucket.readAll(metaKey));
        var segments = BlockFiles.segments(meta, BlockFiles.sizes(bucket, id));
        return Block.mapped(
                meta,
                IndexReader.open(bucket, BlockFiles.key(id, BlockFiles.INDEX)),
                new ChunkReader(bucket, segments, meta, ReadCost.LOCAL),
                new MappedChunks(bucket, segments),
                reason -> {
                    throw new IllegalStateException(reason);
                });
    }

    private static BlockId find(Path directory) throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(BlockId::isBlockId)
                    .map(BlockId::parse)
                    .findFirst()
                    .orElseThrow(() -> new NoSuchFileException(directory.toString(), null, "has no block"));
        }
    }

    private void fill(int containers) {
        for (int pod = 0; pod < 1000; pod++) {
            for (int container = 0; container < containers; container++) {
                String[] labels = {"pod", "pod-" + pod, "container", "c" + container, "job", "job-" + pod % 5};
                counter("requests_total", 40, labels);
                gauge("memory_bytes", labels);
            }
        }
        for (int pod = 0; pod < 100; pod++) {
            String[] labels = {"pod", "pod-" + pod, "job", "job-" + pod % 5};
            classicHistogram("duration_seconds", labels);
            nativeHistogram("latency_seconds", labels);
        }
    }

    private static Labels labels(String name, String... pairs) {
        var builder = Labels.of(pairs).toBuilder();
        return builder.set(Labels.METRIC_NAME, name).build();
    }

    private void counter(String name, int growthMax, String... pairs) {
        series.put(labels(name, pairs), (random, target) -> {
            double value = random.nextInt(1_000_000);
            for (long t = first(random); t < END_MS; t += stepMs) {
                value = random.nextInt(20_000) == 0 ? 0 : value + random.nextInt(growthMax);
                target.append(0, t + random.nextInt(-3, 4), value);
            }
        });
    }

    private void gauge(String name, String... pairs) {
        series.put(labels(name, pairs), (random, target) -> {
            double level = 1e7 + random.nextInt(100_000_000);
            for (long t = first(random); t < END_MS; t += stepMs) {
                level += random.nextInt(-100_000, 100_001);
                target.append(0, t + random.nextInt(-3, 4), Math.rint(level));
            }
        });
    }

    private void classicHistogram(String name, String... pairs) {
        for (int i = 0; i <= BOUNDS.length; i++) {
            String le = i == BOUNDS.length ? "+Inf" : Double.toString(BOUNDS[i]).replaceAll("\\.0$", "");
            String[] more = java.util.Arrays.copyOf(pairs, pairs.length + 2);
            more[pairs.length] = "le";
            more[pairs.length + 1] = le;
            int perStep = 4 * (i + 1);
            series.put(labels(name + "_bucket", more), (random, target) -> {
                double value = 0;
                for (long t = END_MS - spanMs + 1_000; t < END_MS; t += stepMs) {
                    value += perStep;
                    target.append(0, t, value);
                }
            });
        }
    }

    private void nativeHistogram(String name, String... pairs) {
        series.put(labels(name, pairs), (random, target) -> {
            long[] counts = new long[20];
            long count = 0;
            double sum = 0;
            for (long t = END_MS - spanMs + 1_000; t < END_MS; t += stepMs) {
                for (int i = 0; i < counts.length; i++) {
                    int more = random.nextInt(5);
                    counts[i] += more;
                    count += more;
                    sum += more * 0.1;
                }
                long[] deltas = new long[counts.length];
                for (int i = 0; i < counts.length; i++) {
                    deltas[i] = counts[i] - (i == 0 ? 0 : counts[i - 1]);
                }
                target.append(
                        0,
                        t,
                        new Histogram(
                                CounterResetHint.UNKNOWN,
                                3,
                                0x1p-128,
                                0,
                                count,
                                sum,
                                Spans.of(-20, counts.length),
                                deltas,
                                Spans.NONE,
                                new long[0],
                                new double[0]));
            }
        });
    }

    private long first(SplittableRandom random) {
        return END_MS - spanMs + 3 + random.nextInt((int) stepMs - 6);
    }

    private Path write(Path directory) throws IOException {
        var symbols = new SymbolCollector();
        series.keySet().forEach(symbols::add);
        BlockId id = BlockId.generate(END_MS);
        Path block = directory.resolve(id.toString());
        var samples = new ExactSamples();
        try (var writer = new BlockWriter(block, symbols)) {
            for (var entry : series.entrySet()) {
                samples.clear();
                entry.getValue()
                        .write(new SplittableRandom(entry.getKey().toString().hashCode()), samples);
                writer.add(entry.getKey(), ChunkEncoder.encode(samples, false));
            }
            var stats = writer.finish().stats();
            var compaction = new Compaction(1, List.of(id), List.of(), List.of());
            writer.commit(new BlockMeta(id, END_MS - spanMs, END_MS, stats, compaction, Thanos.EMPTY, true, Map.of()));
        }
        return block;
    }
}
