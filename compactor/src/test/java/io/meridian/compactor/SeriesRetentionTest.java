package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Series whose own retention is over leave when their blocks are merged, and nothing else does.
class SeriesRetentionTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final int BLOCKS = 9;

    @TempDir
    private Path directory;

    private static RetentionPolicy gauges(Duration raw, Duration fiveMinutes) {
        var matchers = List.of(LabelMatcher.of(LabelMatcher.Type.EQUAL, "__name__", "gauge"));
        var periods = new RetentionPolicy.Periods(raw, fiveMinutes, fiveMinutes);
        return new RetentionPolicy(
                List.of(new RetentionPolicy.Rule(List.of(), matchers, periods, "gauges")),
                RetentionPolicy.Periods.FOR_EVER);
    }

    private static TreeSet<String> names(CompactorHarness harness, BlockMeta meta) throws IOException {
        var names = new TreeSet<String>();
        for (var labels : StoredSeries.of(harness.bucket, meta.id()).keySet()) {
            names.add(labels.get("__name__"));
        }
        return names;
    }

    private static CompactorOptions options(RetentionPolicy policy) {
        return CompactorOptions.DEFAULT.withRetention(policy);
    }

    @Test
    void run_seriesPastItsRetention_leavesMergedBlocksAndIsCounted() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, BLOCKS);
        harness.nowMs = START + 20 * DAY;

        // Expired at every resolution: nothing coarser is wanted either.
        assertThat(harness.compactor(harness.bucket, options(gauges(Duration.ofDays(7), Duration.ofDays(7))))
                        .run())
                .isTrue();

        var merged = harness.live().stream()
                .filter(meta -> meta.compaction().level() > 1)
                .toList();
        assertThat(merged).isNotEmpty();
        for (var meta : merged) {
            assertThat(names(harness, meta)).containsExactly("requests_total");
        }
        assertThat(String.valueOf(harness.status.toJson().get("done"))).containsPattern("retention=[1-9]");
    }

    @Test
    void run_coarserIsStillWanted_keepsTheSeriesThere() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, BLOCKS);
        harness.nowMs = START + 20 * DAY;

        harness.compactor(harness.bucket, options(gauges(Duration.ofDays(7), Duration.ZERO)))
                .run();

        for (var meta : harness.live()) {
            if (meta.thanos().resolutionMs() > 0) {
                assertThat(names(harness, meta)).contains("gauge", "requests_total");
            }
        }
        assertThat(windows(harness)).isEqualTo(3L * BLOCKS * 24);
    }

    @Test
    void run_seriesWithinItsRetention_stays() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, BLOCKS);
        long before = harness.rawSamples(A);
        harness.nowMs = START + 20 * DAY;

        harness.compactor(harness.bucket, options(gauges(Duration.ofDays(30), Duration.ofDays(30))))
                .run();

        assertThat(harness.rawSamples(A)).isEqualTo(before);
    }

    /// A block that is not merged any more, and a younger one behind it.
    private CompactorHarness finalBlock() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addBlock(A, START, START + 14 * DAY, 3_600_000, List.of());
        harness.addBlock(A, START + 14 * DAY, START + 15 * DAY, 3_600_000, List.of());
        harness.nowMs = START + 40 * DAY;
        return harness;
    }

    @Test
    void run_blockThatIsNotMergedAnyMore_isRewrittenOnce() throws IOException {
        var harness = finalBlock();
        var options = options(gauges(Duration.ofDays(20), Duration.ZERO));

        harness.compactor(harness.bucket, options).run();

        assertThat(rawNames(harness)).containsExactly("requests_total");
        assertThat(String.valueOf(harness.status.toJson().get("done"))).containsPattern("retention=[1-9]");
        var before = harness.content();
        var compactor = harness.compactor(harness.bucket, options);
        compactor.run();
        harness.nowMs += DAY;
        compactor.run();
        assertThat(harness.content()).isEqualTo(before);
        assertThat(String.valueOf(harness.status.toJson().get("done"))).contains("compactions=0");
    }

    @Test
    void run_lateDataJoinsATrimmedBlock_keepsDownsampledSeries() throws IOException {
        var harness = finalBlock();
        var options = options(gauges(Duration.ofDays(20), Duration.ZERO));
        harness.compactor(harness.bucket, options).run();
        assertThat(rawNames(harness)).containsExactly("requests_total");
        long windows = windows(harness);
        harness.addBlock(A, START + DAY, START + DAY + 3_600_000, 7_000, List.of("from-out-of-order"));

        harness.compactor(harness.bucket, options).run();

        assertThat(rawNames(harness)).containsExactly("requests_total");
        assertThat(windows(harness)).isGreaterThanOrEqualTo(windows);
        for (var meta : harness.live()) {
            if (meta.thanos().resolutionMs() > 0) {
                assertThat(names(harness, meta)).contains("gauge", "requests_total");
            }
        }
    }

    private static TreeSet<String> rawNames(CompactorHarness harness) throws IOException {
        var names = new TreeSet<String>();
        for (var meta : harness.live()) {
            if (meta.thanos().resolutionMs() == 0) {
                names.addAll(names(harness, meta));
            }
        }
        return names;
    }

    private static long windows(CompactorHarness harness) throws IOException {
        return harness.live().stream()
                .filter(meta -> meta.thanos().resolutionMs() == 300_000)
                .mapToLong(meta -> meta.stats().numSamples())
                .sum();
    }
}
