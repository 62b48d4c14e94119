package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.json.JsonWriter;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What one bad block of two groups may cost.
final class OneBadBlock {
    static final Labels A = Labels.of("cluster", "a");
    static final Labels B = Labels.of("cluster", "b");
    /// In each group.
    static final int BLOCKS = 6;

    private static final long SAMPLES = 3L * 120;

    private OneBadBlock() {}

    /// All kinds of faults in the long run, some of them otherwise.
    static <T> List<T> sample(T[] all, int count) {
        var kinds = new ArrayList<>(List.of(all));
        if (!Sampled.ALL) {
            var random = SeededRandom.create("kinds of faults");
            while (kinds.size() > count) {
                kinds.remove(random.nextInt(kinds.size()));
            }
        }
        return kinds;
    }

    /// @param mayBeSound whether the change may happen to be none, or none that can be seen
    static void check(CompactorHarness harness, BlockId bad, boolean mayBeSound) throws IOException {
        var before = new TreeMap<>(harness.keys());
        var told = new StringBuilder();
        for (int pass = 0; pass < 2; pass++) {
            harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
            told.append(JsonWriter.compact(harness.status.toJson()));
            if (pass == 0) {
                assertThat(harness.keys().keySet()).as("nothing is lost").containsAll(before.keySet());
            }
        }

        var live = harness.live();
        assertThat(harness.rawSamples(B)).isEqualTo(SAMPLES * BLOCKS);
        assertThat(live.stream().filter(meta -> meta.thanos().labels().equals(B)))
                .as("downsampled")
                .anyMatch(meta -> meta.thanos().resolutionMs() == 300_000);
        assertThat(live.stream()
                        .filter(meta -> meta.thanos().labels().equals(B)
                                && meta.thanos().resolutionMs() == 0))
                .as("merged")
                .hasSizeLessThan(BLOCKS);
        boolean isLive = live.stream().anyMatch(meta -> meta.id().equals(bad))
                || !harness.keys().containsKey(BlockFiles.key(bad, "deletion-mark.json"));
        long others = live.stream()
                .filter(meta -> meta.thanos().labels().equals(A)
                        && meta.thanos().resolutionMs() == 0
                        && !meta.id().equals(bad))
                .mapToLong(meta -> meta.stats().numSamples())
                .sum();
        assertThat(others).as("what the others have").isEqualTo(SAMPLES * (isLive ? BLOCKS - 1 : BLOCKS));
        if (!mayBeSound) {
            assertThat(told.toString()).contains("\"block\":\"" + bad + "\"").contains("\"reason\":");
        }
    }
}
