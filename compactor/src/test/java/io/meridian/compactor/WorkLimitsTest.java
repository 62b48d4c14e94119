package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.testkit.Sampled;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Sampled
class WorkLimitsTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");

    @TempDir
    private Path directory;

    @Test
    void run_groupManyTimesLargerThanTheLimits_isMerged() throws Exception {
        int megabytes = Sampled.ALL ? 200 : 80;
        long scratch = megabytes * 80_000L;
        LargeGroup.write(directory, megabytes);
        long written = samples();

        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        Sampled.ALL ? "-Xmx64m" : "-Xmx40m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeGroup.class.getName(),
                        directory.toString(),
                        String.valueOf(16 << 20),
                        String.valueOf(scratch))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(output).contains("ok=true");
        assertThat(peak(output)).as("scratch").isLessThan(scratch);
        assertThat(samples()).isEqualTo(written);
        var live = live();
        assertThat(live).extracting(meta -> meta.compaction().level()).contains(2);
        assertThat(live).extracting(meta -> meta.thanos().resolutionMs()).contains(300_000L);
    }

    private static long peak(String output) {
        int at = output.indexOf("scratchPeak=") + "scratchPeak=".length();
        return Long.parseLong(output.substring(at).strip());
    }

    private List<io.meridian.tsdb.block.BlockMeta> live() throws IOException {
        var store = new BlockStore(new FarBucket(directory.resolve("bucket")), null);
        var objects = store.discover();
        return store.metas(BlockStore.complete(objects)).found().values().stream()
                .filter(meta ->
                        Objects.requireNonNull(objects.get(meta.id())).marks().isEmpty())
                .toList();
    }

    private long samples() throws IOException {
        return live().stream()
                .filter(meta -> meta.thanos().resolutionMs() == 0)
                .mapToLong(meta -> meta.stats().numSamples())
                .sum();
    }

    @Test
    void run_mergeBeyondTheMemoryLimit_isSetAsideAndNamed() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, 5);
        harness.addBlock(B, START, START + 2 * HOUR, 60_000, List.of());
        harness.addBlock(B, START, START + 2 * HOUR, 45_000, List.of("from-out-of-order"));
        // Enough for two inputs at once, not for four.
        var options = CompactorOptions.DEFAULT.withLimits(new WorkLimits(2 << 20, 0, 1));

        boolean ok = harness.compactor(harness.bucket, options).run();

        assertThat(ok).isFalse();
        assertThat(harness.status.failedStreams()).containsOnlyKeys(A.toString());
        assertThat(harness.status.failedStreams().get(A.toString()))
                .contains("needs at least 3145728 bytes of memory, and may have 2097152: raise --compact.memory-limit");
        assertThat(harness.live()).anySatisfy(meta -> {
            assertThat(meta.thanos().labels()).isEqualTo(B);
            assertThat(meta.compaction().level()).isEqualTo(2);
        });
        assertThat(harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run())
                .isTrue();
    }

    @Test
    void run_mergeBeyondTheScratchLimit_isSetAsideAndLeavesNothing() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, 5);
        var options = CompactorOptions.DEFAULT.withLimits(new WorkLimits(0, 100, 1));

        boolean ok = harness.compactor(harness.bucket, options).run();

        assertThat(ok).isFalse();
        assertThat(harness.status.failedStreams().get(A.toString()))
                .contains("bytes of scratch space, and may have 100: raise --compact.scratch-limit");
        assertThat(harness.live()).hasSize(5);
        assertThat(harness.keys().keySet().stream().filter(key -> key.endsWith("/index")))
                .hasSize(5);
    }
}
