package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.merge.ChunkSamples;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A downsampled block that is marked or broken: it is not made again without end, and does not stand in for the raw
/// data that it was made of.
class QuarantinedCoarserTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final RetentionPolicy.Periods RAW_EXPIRES =
            new RetentionPolicy.Periods(Duration.ofDays(15), Duration.ZERO, Duration.ZERO);

    @TempDir
    private Path directory;

    private static List<BlockMeta> of(CompactorHarness harness, long resolutionMs) throws IOException {
        return harness.live().stream()
                .filter(meta -> meta.thanos().resolutionMs() == resolutionMs)
                .toList();
    }

    /// Raw blocks and their 5m blocks, when it is too early for 1h.
    private CompactorHarness downsampled() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, 5);
        harness.nowMs = START + 3 * DAY;
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        assertThat(of(harness, 300_000)).isNotEmpty();
        assertThat(of(harness, 3_600_000)).isEmpty();
        return harness;
    }

    private static void breakChunks(CompactorHarness harness) throws IOException {
        for (var meta : of(harness, 300_000)) {
            String key = BlockFiles.key(meta.id(), "chunks/000001");
            byte[] bytes = harness.bucket.readAll(key);
            bytes[bytes.length / 2] ^= 4;
            harness.bucket.put(key, bytes, Bucket.Precondition.NONE);
        }
    }

    @Test
    void run_fiveMinutesAreMarkedNoDownsample_areNotMadeAgain() throws IOException {
        var harness = downsampled();
        for (var meta : of(harness, 300_000)) {
            var mark = new BlockMark(BlockMark.Kind.NO_DOWNSAMPLE, meta.id(), "by hand", START / 1000, "manual");
            harness.bucket.put(BlockFiles.key(meta.id(), mark.kind().file()), mark.encode(), Bucket.Precondition.NONE);
        }
        var before = harness.content();

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(String.valueOf(harness.status.toJson().get("done"))).contains("downsamplings=0");
        assertThat(harness.content()).isEqualTo(before);
    }

    /// Windows of a series in 5m blocks that can be read.
    private static long windows(CompactorHarness harness, Set<BlockId> without, String name) throws IOException {
        long windows = 0;
        for (var meta : of(harness, 300_000)) {
            if (!without.contains(meta.id())) {
                for (var series : StoredSeries.of(harness.bucket, meta.id()).entrySet()) {
                    boolean wanted = series.getKey().get("__name__").equals(name);
                    for (var chunk : series.getValue()) {
                        windows += wanted ? ChunkSamples.count(chunk) : 0;
                    }
                }
            }
        }
        return windows;
    }

    private static void assertMadeAgain(RetentionPolicy policy, CompactorHarness harness) throws IOException {
        long before = windows(harness, Set.of(), "gauge");
        breakChunks(harness);
        var broken = of(harness, 300_000).stream().map(BlockMeta::id).collect(Collectors.toSet());
        harness.nowMs = START + 20 * DAY;
        for (int pass = 0; pass < 3; pass++) {
            harness.compactor(harness.bucket, CompactorOptions.DEFAULT.withRetention(policy))
                    .run();
        }

        assertThat(String.valueOf(harness.status.toJson().get("done"))).contains("downsamplings=0");
        assertThat(windows(harness, broken, "gauge")).isEqualTo(before);
        assertThat(of(harness, 300_000)).extracting(BlockMeta::id).containsAll(broken);
        for (var id : broken) {
            assertThat(String.valueOf(harness.status.toJson().get("quarantined")))
                    .contains("block=" + id);
        }
    }

    @Test
    void run_fiveMinutesAreBrokenAndRawExpires_areMadeAgainBefore() throws IOException {
        assertMadeAgain(new RetentionPolicy(List.of(), RAW_EXPIRES), downsampled());
    }

    @Test
    void run_fiveMinutesAreBrokenAndASeriesExpires_areMadeAgainBefore() throws IOException {
        var rule = new RetentionPolicy.Rule(
                List.of(), List.of(LabelMatcher.equal("__name__", "gauge")), RAW_EXPIRES, "gauges");

        assertMadeAgain(new RetentionPolicy(List.of(rule), RetentionPolicy.Periods.FOR_EVER), downsampled());
    }
}
