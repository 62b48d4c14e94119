package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockViewerTest {
    @TempDir
    private Path directory;

    @Test
    void toJson_afterAPass_hasEveryBlockAsThanosShowsIt() throws Exception {
        var harness = new CompactorHarness(directory);
        var ids = harness.addStream(Labels.of("cluster", "a"), 2);

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        String json = JsonWriter.compact(harness.status.blocks().toJson());
        assertThat(json)
                .startsWith("{\"label\":\"\",\"blocks\":[{\"ulid\":")
                .contains(ids.getFirst().toString(), ids.getLast().toString())
                .contains("\"refreshedAt\":\"", "\"err\":null");
    }

    @Test
    void page_isSelfContained() {
        String page = new String(BlockViewer.page(), StandardCharsets.UTF_8);

        assertThat(page)
                .contains("api/v1/blocks", "api/v1/compactor/status")
                .doesNotContain("http://", "https://", "src=");
    }

    @Test
    void line_halfDone_showsShareRateAndTimeLeft() {
        var state = new ProgressBar.State("compacting", 3, 12, 20_000_000, 20_000_000, 1_000_000, 20);

        assertThat(state.line())
                .isEqualTo("[###############...............]  50% compacting: 3 groups, 12 blocks to do,"
                        + " 20.0M of 40.0M samples, 1000k/s, 20 s left");
    }

    @Test
    void line_one_isNoPlural() {
        assertThat(new ProgressBar.State("compacting", 1, 1, 0, 0, 0, 0).line()).contains(": 1 group, 1 block to do,");
    }

    @Test
    void line_nothingToDo_isFull() {
        assertThat(new ProgressBar.State("idle", 0, 0, 0, 0, 0, 0).line())
                .startsWith("[##############################] 100% idle");
    }
}
