package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.downsample.AggregateBatch;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.downsample.RawBatch;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several blocks that are due go through the kernel together, unless that fails.
class StreamDownsamplerTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final int BLOCKS = 5;
    private static final int SERIES = CompactorHarness.SERIES.size();

    @TempDir
    private Path directory;

    private final List<Integer> runs = new ArrayList<>();

    /// Notes how many runs each batch has, and fails with more than it can take.
    private final class Kernel implements DownsampleKernel {
        private final DownsampleKernel cpu = new CpuKernel(1);
        private final int runsMax;

        Kernel(int runsMax) {
            this.runsMax = runsMax;
        }

        @Override
        public String device() {
            return "test";
        }

        @Override
        public List<AggregateBatch> downsample(RawBatch batch, long resolutionMs) {
            runs.add(batch.runs());
            if (batch.runs() > runsMax) {
                throw new CorruptDataException("batch", -1, "a chunk of one of the blocks cannot be decoded");
            }
            return cpu.downsample(batch, resolutionMs);
        }

        @Override
        public void close() {
            cpu.close();
        }
    }

    private CompactorHarness run(String name, int runsMax) throws IOException {
        var harness = new CompactorHarness(Files.createDirectories(directory.resolve(name)));
        for (int i = 0; i < BLOCKS; i++) {
            // Blocks of different ranges, with a hole between them, are not merged.
            long minMs = START + 20L * i * DAY;
            harness.addBlock(new BlockId((minMs + DAY) << 16, i), A, minMs, minMs + DAY, 600_000, List.of());
        }
        harness.nowMs = START + 300 * DAY;
        var lease = new LeaderLease(harness.bucket, "harness", Duration.ofSeconds(60), () -> harness.nowMs);
        lease.poll();
        new Compactor(
                        new BlockStore(harness.bucket, null),
                        CompactorOptions.DEFAULT,
                        lease,
                        new CompactorStatus(new Metrics()),
                        () -> new Kernel(runsMax),
                        harness.directory.resolve("scratch"),
                        () -> Instant.ofEpochMilli(harness.nowMs))
                .run();
        return harness;
    }

    @Test
    void run_severalBlocksAreDue_shareABatch() throws IOException {
        var harness = run("together", Integer.MAX_VALUE);

        assertThat(runs).containsExactly(BLOCKS * SERIES);
        assertThat(harness.live()).hasSize(3 * BLOCKS);
    }

    @Test
    void run_batchOfSeveralFails_areDoneOneByOne() throws IOException {
        String expected = run("together", Integer.MAX_VALUE).content();
        runs.clear();

        var harness = run("alone", SERIES);

        assertThat(runs)
                .startsWith(BLOCKS * SERIES)
                .filteredOn(count -> count == SERIES)
                .hasSize(BLOCKS);
        assertThat(harness.content()).isEqualTo(expected);
    }
}
