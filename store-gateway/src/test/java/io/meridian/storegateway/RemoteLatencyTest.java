package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.objstore.MeteredBucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bucket that is 30 ms away. Times are printed, not judged; requests are counted.
class RemoteLatencyTest {
    private static final Duration LATENCY = Duration.ofMillis(30);
    private static final int BLOCKS = 1000;

    @TempDir
    Path directory;

    private final InMemoryBucket memory = new InMemoryBucket();
    private final AtomicInteger lists = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();

    private final Bucket remote = new MeteredBucket(
            new FaultyBucket(memory, FaultyBucket.slow(LATENCY)),
            (operation, _, _, _) -> (operation == MeteredBucket.Operation.LIST ? lists : reads).incrementAndGet());

    private void expect(String what, long began, int listCount, int readCountMax) {
        System.err.printf(
                "%s: %d ms, %d lists, %d reads; CPU since start %d ms%n",
                what, (System.nanoTime() - began) / 1_000_000, lists.get(), reads.get(), cpuMs());
        assertThat(lists.getAndSet(0)).as(what).isEqualTo(listCount);
        assertThat(reads.getAndSet(0)).as(what).isLessThanOrEqualTo(readCountMax);
    }

    /// Of the process: on a busy machine it says more than the clock.
    private static long cpuMs() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toMillis();
    }

    @Test
    void start_manyBlocks_coldAndWarm() throws IOException {
        var blocks = new TestBlocks(memory, Files.createDirectories(directory.resolve("blocks")));
        for (int i = 0; i < BLOCKS; i++) {
            blocks.add(0, TestBlocks.HOUR_MS, Labels.of("cluster", "c" + i), 0, 1);
        }
        System.err.println("CPU before " + cpuMs() + " ms");
        for (String round : List.of("cold", "warm")) {
            long began = System.nanoTime();
            try (var catalog = TestBlocks.catalog(remote, directory.resolve("local"), TestBlocks.settings())) {
                catalog.sync();
                assertThat(catalog.snapshot().blocks()).hasSize(BLOCKS);
                expect(BLOCKS + " blocks, " + round + " start", began, 1, round.equals("cold") ? 2 * BLOCKS : 0);
                began = System.nanoTime();
                catalog.sync();
                expect("next sync", began, 1, 0);
            }
        }
    }

    @Test
    void query_needsThreeRoundsColdAndOneWarm() throws IOException {
        var blocks = new TestBlocks(memory, Files.createDirectories(directory.resolve("blocks")));
        int count = 12;
        for (int i = 0; i < count; i++) {
            long startMs = 2L * i * TestBlocks.HOUR_MS;
            blocks.add(startMs, startMs + 2 * TestBlocks.HOUR_MS, Labels.of("cluster", "a"), 0, 500);
        }
        try (var catalog = TestBlocks.catalog(remote, directory.resolve("local"), TestBlocks.settings())) {
            catalog.sync();
            lists.set(0);
            reads.set(0);
            BucketSource source = TestBlocks.source(catalog);
            for (String instance : List.of("00007", ".*")) {
                var selection = new Selection(
                        List.of(
                                LabelMatcher.of(LabelMatcher.Type.EQUAL, "__name__", "up"),
                                LabelMatcher.of(LabelMatcher.Type.REGEX, "instance", instance)),
                        new TimeRange(0, 24 * TestBlocks.HOUR_MS));
                for (String round : List.of("cold", "warm")) {
                    long began = System.nanoTime();
                    int series = 0;
                    try (var set = source.select(selection, QueryContext.unlimited())) {
                        while (set.next() != null) {
                            series++;
                        }
                    }
                    assertThat(series).isEqualTo(instance.equals(".*") ? 500 : 1);
                    // postings, series, chunks; when warm only chunks, which are not kept
                    expect(
                            series + " series of 12 blocks, " + round,
                            began,
                            0,
                            round.equals("cold") ? 3 * count : count);
                }
            }
        }
    }
}
