package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.SelectorRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks that the selector drops are another compactor's: nothing happens to them.
class SelectorTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");

    @TempDir
    private Path directory;

    @Test
    void run_withSelector_leavesOtherBlocksAlone() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, 9);
        var others = harness.addStream(B, 9);
        harness.bucket.put(
                others.getFirst() + "/deletion-mark.json",
                BlockMark.deletion(others.getFirst(), "old", 1).encode(),
                io.meridian.objstore.Bucket.Precondition.NONE);
        Map<String, Long> before = harness.keys();
        var rules = SelectorRules.parse("[{action: keep, source_labels: [cluster], regex: a}]");

        assertThat(harness.compactor(harness.bucket, CompactorOptions.DEFAULT.withSelector(rules))
                        .run())
                .isTrue();

        Map<String, Long> after = harness.keys();
        for (var id : others) {
            before.forEach((key, size) -> {
                if (key.startsWith(id.toString())) {
                    assertThat(after).containsEntry(key, size);
                }
            });
        }
        assertThat(harness.live())
                .filteredOn(meta -> meta.thanos().labels().equals(B))
                .hasSize(8);
        assertThat(harness.live())
                .filteredOn(meta ->
                        meta.thanos().labels().equals(A) && meta.compaction().level() > 1)
                .isNotEmpty();
    }

    @Test
    void fingerprint_ofRules_tellsShardsApart() {
        String first = SelectorRules.parse("[{action: keep, source_labels: [a], regex: x}]")
                .fingerprint();
        String second = SelectorRules.parse("[{action: keep, source_labels: [a], regex: y}]")
                .fingerprint();

        assertThat(first).isNotEmpty().isNotEqualTo(second);
        assertThat(SelectorRules.parse("").fingerprint()).isEmpty();
    }
}
