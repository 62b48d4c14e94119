package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.merge.Deduplication;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockUpload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlappingDownsampledTest {
    private static final long HOUR = CompactorHarness.HOUR;
    private static final long START = CompactorHarness.START;

    @TempDir
    Path directory;

    /// A block of 5 minutes whose raw data is gone.
    private void addFiveMinutes(CompactorHarness harness, String replica, long fromHour, long toHour)
            throws IOException {
        var labels = Labels.of("cluster", "a", "replica", replica);
        var raw = harness.addBlock(labels, START + fromHour * HOUR, START + toHour * HOUR, 60_000, List.of());
        var id = BlockId.generate(START + (toHour + 1) * HOUR);
        var path = directory.resolve(id.toString());
        try (var kernel = new CpuKernel(1);
                var block = BlockFiles.open(harness.bucket, raw)) {
            var meta = new BlockDownsampler(kernel)
                    .downsample(block, Resolutions.FIVE_MINUTES, id, path, QueryContext.unlimited());
            new BlockUpload(false).upload(path, meta, harness.bucket, Instant.ofEpochMilli(meta.maxTimeMs()));
        }
        for (String key : harness.keys().keySet()) {
            if (key.startsWith(raw.toString())) {
                harness.bucket.delete(key);
            }
        }
    }

    private static List<io.meridian.tsdb.block.BlockMeta> fiveMinutes(CompactorHarness harness) throws IOException {
        return harness.live().stream()
                .filter(meta -> meta.thanos().resolutionMs() == Resolutions.FIVE_MINUTES)
                .toList();
    }

    @Test
    void run_downsampledReplicasThatOverlap_areMergedWindowByWindow() throws IOException {
        var harness = new CompactorHarness(directory);
        addFiveMinutes(harness, "1", 0, 40);
        addFiveMinutes(harness, "2", 20, 48);
        var options = CompactorOptions.DEFAULT
                .withDelays(Duration.ZERO, Duration.ofDays(2))
                .withReplicas(List.of("replica"), Deduplication.NONE);

        harness.compactor(harness.bucket, options).run();

        var merged = fiveMinutes(harness);
        assertThat(merged).hasSize(1);
        assertThat(merged.getFirst().thanos().labels()).isEqualTo(Labels.of("cluster", "a"));
        assertThat(merged.getFirst().minTimeMs()).isEqualTo(START);
        assertThat(merged.getFirst().maxTimeMs()).isEqualTo(START + 48 * HOUR);
        assertThat(merged.getFirst().stats().numSamples()).isEqualTo(3 * 48 * 12);
        assertThat(harness.keys().keySet()).noneMatch(key -> key.endsWith(BlockMark.Kind.NO_COMPACT.file()));
    }

    /// Raw data that is kept for ever never has the sources of the old 5m block: nobody waits for it.
    @Test
    void run_lateDataWhereRawDataWasGone_isMergedAndDownsampledFurther() throws IOException {
        var harness = new CompactorHarness(directory);
        addFiveMinutes(harness, "1", 0, 40);
        harness.addBlock(
                Labels.of("cluster", "a", "replica", "1"), START + 20 * HOUR, START + 68 * HOUR, 60_000, List.of());
        harness.nowMs = START + 30 * CompactorHarness.DAY;
        var options = CompactorOptions.DEFAULT.withReplicas(List.of("replica"), Deduplication.NONE);

        harness.compactor(harness.bucket, options).run();

        var merged = fiveMinutes(harness);
        assertThat(merged).hasSize(1);
        assertThat(merged.getFirst().stats().numSamples()).isEqualTo(3 * 68 * 12);
        assertThat(harness.live())
                .filteredOn(meta -> meta.thanos().resolutionMs() == Resolutions.ONE_HOUR)
                .singleElement()
                .satisfies(meta -> assertThat(meta.stats().numSamples()).isEqualTo(3 * 68));
    }
}
