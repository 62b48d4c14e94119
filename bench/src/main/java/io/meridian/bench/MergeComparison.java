package io.meridian.bench;

import io.meridian.compactor.merge.BlockMerger;
import io.meridian.compactor.merge.Deduplication;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockUpload;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Merges the blocks of a folder into one in a filesystem bucket, as the compactor does, in turn with copying the same
/// files and forcing them to the disk, as the bucket does. A compactor runs for long, so that the first runs only warm
/// up; they are printed, but not in the medians.
final class MergeComparison {
    private static final int WARM_UPS = 3;
    private static final int POSTINGS_REFS = 1 << 20;

    private final Path input;
    private final Path out;

    /// @param out for what is written, deleted after each step
    MergeComparison(Path input, Path out) {
        this.input = input;
        this.out = out;
    }

    private record Row(
            double openSeconds,
            double seconds,
            double cpuSeconds,
            double kernelSeconds,
            long peakMegabytes,
            double copySeconds,
            double copyKernelSeconds,
            double samples) {}

    /// @return MB/s of a merge, the median
    double run(int runs) throws IOException {
        double megabytes = BlockWork.size(input) / 1e6;
        System.out.printf("%.0f MB in%n", megabytes);
        System.out.println("| run | MB/s | M samples/s | M samples/CPU s | copy MB/s | ratio | peak heap MB | s"
                + " | CPU s | in the kernel | copy s | in the kernel | opening s |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        var rows = new ArrayList<Row>();
        for (int run = 1 - WARM_UPS; run <= runs; run++) {
            Row row = once(run % 2 == 0);
            print(run < 1 ? "warm-up" : String.valueOf(run), megabytes, row);
            if (run >= 1) {
                rows.add(row);
            }
        }
        Row median = median(rows);
        print("median", megabytes, median);
        double[] ratios = rows.stream()
                .mapToDouble(row -> row.copySeconds / row.seconds)
                .sorted()
                .toArray();
        System.out.printf(
                "ratio: median of the runs %.2f, from %.2f to %.2f%n",
                middle(ratios), ratios[0], ratios[ratios.length - 1]);
        try (var shares = new TimeShares()) {
            merge();
            System.out.println("time of all threads in one more merge: " + shares.text());
        }
        BlockWork.delete(out);
        return megabytes / median.seconds;
    }

    private static void print(String name, double megabytes, Row row) {
        System.out.printf(
                "| %s | %.0f | %.1f | %.1f | %.0f | %.2f | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                megabytes / row.seconds,
                row.samples / row.seconds,
                row.samples / row.cpuSeconds,
                megabytes / row.copySeconds,
                row.copySeconds / row.seconds,
                row.peakMegabytes,
                row.seconds,
                row.cpuSeconds,
                row.kernelSeconds,
                row.copySeconds,
                row.copyKernelSeconds,
                row.openSeconds);
    }

    /// Of each column by itself.
    private static Row median(List<Row> rows) {
        return new Row(
                middle(rows.stream().mapToDouble(Row::openSeconds).toArray()),
                middle(rows.stream().mapToDouble(Row::seconds).toArray()),
                middle(rows.stream().mapToDouble(Row::cpuSeconds).toArray()),
                middle(rows.stream().mapToDouble(Row::kernelSeconds).toArray()),
                (long) middle(rows.stream().mapToDouble(Row::peakMegabytes).toArray()),
                middle(rows.stream().mapToDouble(Row::copySeconds).toArray()),
                middle(rows.stream().mapToDouble(Row::copyKernelSeconds).toArray()),
                rows.getFirst().samples);
    }

    private static double middle(double[] values) {
        Arrays.sort(values);
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    /// @param mergeFirst each in turn goes first: pages of the cache that were just given back are cheaper than others
    private Row once(boolean mergeFirst) throws IOException {
        Row first = mergeFirst ? merge() : null;
        BlockWork.delete(out);
        double copyKernel = -kernelSeconds();
        double copySeconds = copy(input, out);
        copyKernel += kernelSeconds();
        BlockWork.delete(out);
        Row merged = first == null ? merge() : first;
        return new Row(
                merged.openSeconds,
                merged.seconds,
                merged.cpuSeconds,
                merged.kernelSeconds,
                merged.peakMegabytes,
                copySeconds,
                copyKernel,
                merged.samples);
    }

    private Row merge() throws IOException {
        BlockWork.delete(out);
        var id = BlockId.generate(0);
        long opening = System.nanoTime();
        var blocks = BlockWork.open(input);
        double openSeconds = (System.nanoTime() - opening) / 1e9;
        BlockWork.resetPeak();
        double kernel = -kernelSeconds();
        long cpu = BlockWork.cpuNanos();
        long started = System.nanoTime();
        var bucket = new FilesystemBucket(out);
        var writers = new ArrayList<BlockWriter>();
        var result = BlockMerger.merge(
                blocks,
                new BlockMerger.Options(Deduplication.NONE, false),
                id,
                Labels.of("cluster", "bench"),
                symbols -> {
                    writers.add(new BlockWriter(bucket, id, out.resolve("scratch"), false, POSTINGS_REFS, symbols));
                    return writers.getFirst();
                },
                QueryContext.unlimited());
        new BlockUpload(false, () -> {}, Bucket.Precondition.NONE)
                .commit(result.meta(), writers.getFirst().files(), bucket, Instant.now());
        double seconds = (System.nanoTime() - started) / 1e9;
        double cpuSeconds = (BlockWork.cpuNanos() - cpu) / 1e9;
        kernel += kernelSeconds();
        blocks.forEach(Block::close);
        return new Row(
                openSeconds,
                seconds,
                cpuSeconds,
                kernel,
                BlockWork.peakMegabytes(),
                0,
                0,
                result.meta().stats().numSamples() / 1e6);
    }

    /// @return seconds until all is on the disk
    private static double copy(Path from, Path to) throws IOException {
        long started = System.nanoTime();
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        sync(to);
        return (System.nanoTime() - started) / 1e9;
    }

    private static void sync(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    /// Time of this process in the kernel; 0 where that cannot be known.
    private static double kernelSeconds() throws IOException {
        Path stat = Path.of("/proc/self/stat");
        if (!Files.exists(stat)) {
            return 0;
        }
        // behind the name of the command, the 13th field, in hundredths
        String text = Files.readString(stat);
        return Integer.parseInt(text.substring(text.lastIndexOf(')') + 2).split(" ")[12]) / 100.0;
    }
}
