package io.meridian.bench;

import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Work on whole blocks, from the page cache to a new block: `BlockWork merge|block-to-block DIRECTORY SERIES RUNS`.
///
/// `merge`: 12 blocks of two hours, 30 s, into one ([MergeComparison]). `block-to-block`: one block of two weeks, 30 s,
/// counters and gauges in turn, to five minutes.
public final class BlockWork {
    /// On a border of two weeks.
    private static final long START = 1_475L * 14 * 86_400_000;

    private static final long STEP_MS = 30_000;
    private static final long TWO_HOURS = 7_200_000;
    private static final int PATTERNS = 64;

    private BlockWork() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 4) {
            System.err.println("usage: BlockWork merge|block-to-block DIRECTORY SERIES RUNS [PEER…]");
            System.exit(2);
        }
        Path directory = Path.of(arguments[1]);
        int series = Integer.parseInt(arguments[2]);
        int runs = Integer.parseInt(arguments[3]);
        boolean merge = arguments[0].equals("merge");
        Path input = directory.resolve(arguments[0] + "-" + series);
        if (!Files.exists(input.resolve("complete"))) {
            for (int i = 0; i < (merge ? 12 : 1); i++) {
                long minMs = START + i * TWO_HOURS;
                write(input, series, minMs, merge ? minMs + TWO_HOURS : minMs + 14L * 86_400_000);
            }
            Files.createFile(input.resolve("complete"));
        }
        double rate = 0;
        if (runs > 0) {
            if (merge) {
                rate = new MergeComparison(input, directory.resolve("out")).run(runs);
            } else {
                downsample(input, directory.resolve("out"), runs);
            }
        }
        if (arguments.length > 4) {
            System.out.println(
                    "| merged by | merges | MB in | s | MB/s | Meridian is … times as fast |\n|---|---|---|---|---|---|");
        }
        for (int i = 4; i < arguments.length; i++) {
            new MergePeers(input, directory.resolve("peer"), rate).run(Path.of(arguments[i]));
        }
    }

    private static void downsample(Path input, Path out, int runs) throws IOException {
        System.out.println("| run | M samples | M samples/s | M samples/CPU s | MB in | MB out | peak heap MB |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (int run = 1; run <= runs; run++) {
            downsampleOnce(input, out, run);
        }
        try (var shares = new TimeShares()) {
            downsampleOnce(input, out, runs + 1);
            System.out.println("time of all threads in the last run: " + shares.text());
        }
    }

    /// Values repeat after some series, so that a block is made in little time; chunks are those of a real server.
    private static void write(Path directory, int series, long minMs, long maxMs) throws IOException {
        var id = BlockId.generate(maxMs + 1);
        var symbols = new TreeSet<String>(List.of("__name__", "instance", "job", "bench", "requests_total"));
        for (int i = 0; i < series; i++) {
            symbols.add(instance(i));
        }
        var patterns = new ArrayList<List<EncodedChunk>>();
        for (int i = 0; i < PATTERNS; i++) {
            patterns.add(chunks(new SplittableRandom(i), i % 2 == 0, minMs, maxMs));
        }
        try (var writer = new BlockWriter(directory.resolve(id.toString()), symbols)) {
            for (int i = 0; i < series; i++) {
                writer.add(
                        Labels.of("__name__", "requests_total", "instance", instance(i), "job", "bench"),
                        patterns.get(i % PATTERNS));
            }
            writer.commit(BlockMeta.of(
                    id,
                    minMs,
                    maxMs,
                    writer.finish().stats(),
                    new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                    new BlockMeta.Thanos(Labels.of("cluster", "bench"), 0, "sidecar")));
        }
    }

    private static String instance(int series) {
        return "instance-%07d".formatted(series);
    }

    private static List<EncodedChunk> chunks(SplittableRandom random, boolean counter, long minMs, long maxMs) {
        var chunks = new ArrayList<EncodedChunk>();
        var encoder = new XorEncoder();
        double value = random.nextInt(1_000_000);
        long firstMs = minMs;
        for (long timeMs = minMs; timeMs < maxMs; timeMs += STEP_MS) {
            value = counter ? value + random.nextInt(200) : Math.rint(random.nextDouble() * 1e5) / 100;
            encoder.append(timeMs, value);
            if (encoder.sampleCount() == 120 || timeMs + STEP_MS >= maxMs) {
                chunks.add(new EncodedChunk(ChunkEncoding.XOR, firstMs, timeMs, encoder.toBytes()));
                encoder.clear();
                firstMs = timeMs + STEP_MS;
            }
        }
        return chunks;
    }

    static List<Block> open(Path directory) throws IOException {
        var blocks = new ArrayList<Block>();
        try (var entries = Files.list(directory)) {
            for (Path entry : entries.filter(Files::isDirectory).sorted().toList()) {
                blocks.add(BlockFiles.open(
                        new FilesystemBucket(directory), BlockId.parse(String.valueOf(entry.getFileName()))));
            }
        }
        return blocks;
    }

    private static void downsampleOnce(Path input, Path out, int run) throws IOException {
        delete(out);
        var id = BlockId.generate(0);
        resetPeak();
        long cpu = cpuNanos();
        long started = System.nanoTime();
        double samples;
        try (var kernel = new CpuKernel(Runtime.getRuntime().availableProcessors());
                var block = open(input).getFirst()) {
            samples = block.meta().stats().numSamples() / 1e6;
            new BlockDownsampler(kernel)
                    .downsample(block, 300_000, id, out.resolve(id.toString()), QueryContext.unlimited());
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        double cpuSeconds = (cpuNanos() - cpu) / 1e9;
        System.out.printf(
                "| %d | %.1f | %.1f | %.1f | %.0f | %.0f | %d |%n",
                run,
                samples,
                samples / seconds,
                samples / cpuSeconds,
                size(input) / 1e6,
                size(out) / 1e6,
                peakMegabytes());
        delete(out);
    }

    static long size(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    static void resetPeak() {
        ManagementFactory.getMemoryPoolMXBeans().forEach(pool -> pool.resetPeakUsage());
    }

    static long peakMegabytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                        .mapToLong(pool -> pool.getPeakUsage().getUsed())
                        .sum()
                >> 20;
    }
}
