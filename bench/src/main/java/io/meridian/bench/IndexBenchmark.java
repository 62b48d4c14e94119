package io.meridian.bench;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.index.BlockIndex;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexHeader;
import io.meridian.tsdb.index.IndexWriter;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/// Index-header and look-ups of a block with many series: `IndexBenchmark DIRECTORY [SERIES]`.
public final class IndexBenchmark {
    private static final int SERIES_PER_METRIC = 1_000;
    private static final int PODS = 100_000;
    private static final int RUNS = 7;

    private interface Work {
        void run() throws IOException;
    }

    private IndexBenchmark() {}

    /// Measures and prints.
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        Path file = directory.resolve("index-" + count);
        if (!Files.exists(file)) {
            write(directory.resolve("index.tmp"), count);
            Files.move(directory.resolve("index.tmp"), file);
        }
        try (var bucket = new FilesystemBucket(directory)) {
            var source = ByteSource.of(bucket, file.getFileName().toString(), Files.size(file), ReadCost.LOCAL);
            Path header = directory.resolve(IndexHeader.FILE);
            System.out.printf("%,d series, index of %,d bytes%n", count, Files.size(file));
            print("index-header built", () -> IndexHeader.build(source, header, QueryContext.unlimited()));
            System.out.printf("  %,d bytes%n", Files.size(header));
            print(
                    "index-header opened",
                    () -> IndexHeader.open(header, source, 0).close());
            try (BlockIndex index = IndexHeader.open(header, source, 0)) {
                String metric = "metric_%05d".formatted(count / SERIES_PER_METRIC / 2);
                print("postings, name", () -> select(index, "__name__", metric, SERIES_PER_METRIC));
                print("postings, name and instance", () -> {
                    select(index, "__name__", metric, "instance", "instance-0007");
                });
                print(
                        "postings, instance of all",
                        () -> select(index, "instance", "instance-0007", count / SERIES_PER_METRIC));
                print("postings, pod of 100,000", () -> select(index, "pod", "pod-054321", count / PODS));
                System.out.printf("heap held: %,d bytes%n", index.retainedBytes());
            }
        }
    }

    private static void select(BlockIndex index, String name, String value, int expected) throws IOException {
        check(index.select(List.of(equal(name, value)), QueryContext.unlimited()), expected);
    }

    private static void select(BlockIndex index, String name, String value, String name2, String value2)
            throws IOException {
        check(index.select(List.of(equal(name, value), equal(name2, value2)), QueryContext.unlimited()), 1);
    }

    private static LabelMatcher equal(String name, String value) {
        return LabelMatcher.of(LabelMatcher.Type.EQUAL, name, value);
    }

    private static void check(io.meridian.tsdb.index.Postings postings, int expected) throws IOException {
        long[] refs = new long[256];
        int found = 0;
        for (int n = postings.fill(refs); n > 0; n = postings.fill(refs)) {
            found += n;
        }
        if (found != expected) {
            throw new IllegalStateException("series: expected=" + expected + ", actual=" + found);
        }
    }

    private static void print(String what, Work work) throws IOException {
        var millis = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long began = System.nanoTime();
            work.run();
            millis[i] = (System.nanoTime() - began) / 1e6;
        }
        double first = millis[0];
        Arrays.sort(millis);
        System.out.printf("%-30s %10.3f ms (first %.3f)%n", what, millis[RUNS / 2], first);
    }

    private static void write(Path file, int count) throws IOException {
        var symbols = new TreeSet<String>(List.of("__name__", "instance", "job", "pod"));
        int metrics = count / SERIES_PER_METRIC;
        for (int i = 0; i < metrics; i++) {
            symbols.add("metric_%05d".formatted(i));
        }
        for (int i = 0; i < SERIES_PER_METRIC; i++) {
            symbols.add("instance-%04d".formatted(i));
            symbols.add("job-" + i % 10);
        }
        for (int pod = 0; pod < PODS; pod++) {
            symbols.add("pod-%06d".formatted(pod));
        }
        try (var writer = new IndexWriter(file)) {
            for (String symbol : symbols) {
                writer.addSymbol(symbol);
            }
            var chunk = new long[1];
            for (int m = 0; m < metrics; m++) {
                for (int i = 0; i < SERIES_PER_METRIC; i++) {
                    Labels labels = Labels.of(
                            "__name__", "metric_%05d".formatted(m),
                            "instance", "instance-%04d".formatted(i),
                            "job", "job-" + i % 10,
                            "pod", "pod-%06d".formatted((m * SERIES_PER_METRIC + i) % PODS));
                    chunk[0] = 8 + 100L * ((long) m * SERIES_PER_METRIC + i);
                    writer.addSeries(labels, 1, new long[] {0}, new long[] {7_199_999}, chunk);
                }
            }
            writer.finish();
        }
    }
}
