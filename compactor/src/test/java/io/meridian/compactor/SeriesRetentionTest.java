package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.merge.SeriesCursor;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.BlockFiles;
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
        try (var block = BlockFiles.open(harness.bucket, meta.id())) {
            var cursor = new SeriesCursor(block, QueryContext.unlimited());
            while (cursor.next()) {
                names.add(cursor.labels().get("__name__"));
            }
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
    void run_coarserIsStillWantedAndMissing_keepsTheSeries() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, BLOCKS);
        harness.nowMs = START + 20 * DAY;

        harness.compactor(harness.bucket, options(gauges(Duration.ofDays(7), Duration.ZERO)))
                .run();

        for (var meta : harness.live()) {
            if (meta.compaction().level() > 1) {
                assertThat(names(harness, meta)).contains("gauge", "requests_total");
            }
        }
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
}
