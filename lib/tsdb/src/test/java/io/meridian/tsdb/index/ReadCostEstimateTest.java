package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meridian.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

class ReadCostEstimateTest {
    private static void observe(ReadCostEstimate estimate, double latencyMs, double bytesPerSecond, int reads) {
        var random = SeededRandom.create("ReadCostEstimateTest");
        for (int i = 0; i < reads; i++) {
            long bytes = 1L << random.nextInt(10, 24);
            double noise = 0.9 + 0.2 * random.nextDouble();
            estimate.observe((long) ((latencyMs * 1e6 + bytes * 1e9 / bytesPerSecond) * noise), bytes);
        }
    }

    @Test
    void get_nothingKnown_isTheUsualCost() {
        var estimate = new ReadCostEstimate();
        assertThat(estimate.get()).isEqualTo(ReadCost.REMOTE);
        estimate.observe(31_000_000, 50_000);
        assertThat(estimate.get()).isEqualTo(ReadCost.REMOTE);
    }

    @Test
    void observe_manyReads_findsLatencyAndRate() {
        var estimate = new ReadCostEstimate();
        observe(estimate, 5, 200e6, 3000);
        assertThat(estimate.latencySeconds()).isCloseTo(0.005, within(0.003));
        assertThat(estimate.bytesPerSecond()).isCloseTo(200e6, within(40e6));
        observe(estimate, 80, 20e6, 3000);
        assertThat(estimate.bytesPerSecond()).isCloseTo(20e6, within(4e6));
        assertThat(estimate.latencySeconds()).isCloseTo(0.080, within(0.040));
    }

    @Test
    void observe_readsOfOneLength_keepTheRate_andMoveTheLatency() {
        var estimate = new ReadCostEstimate();
        for (int i = 0; i < 5000; i++) {
            estimate.observe(2_000_000, 16 << 10);
        }
        assertThat(estimate.latencySeconds()).isBetween(0.0001, 0.002);
        assertThat(estimate.get().gapBytesMax()).isLessThan(ReadCost.REMOTE.gapBytesMax());
    }

    @Test
    void get_smallChanges_staysAsItIs() {
        var estimate = new ReadCostEstimate();
        observe(estimate, 2, 100e6, 3000);
        ReadCost before = estimate.get();
        observe(estimate, 2.4, 90e6, 3000);
        assertThat(estimate.get()).isEqualTo(before);
        assertThat(before.gapBytesMax()).isBetween(4096L, 16L << 20);
    }

    @Test
    void observe_anything_givesASoundCost() {
        var random = SeededRandom.create("observe_anything_givesASoundCost");
        var estimate = new ReadCostEstimate();
        for (int i = 0; i < 10_000; i++) {
            estimate.observe(
                    random.nextLong(1L << random.nextInt(1, 40)), random.nextLong(1L << random.nextInt(1, 34)));
            assertThat(estimate.get().gapBytesMax()).isBetween(4096L, 16L << 20);
            assertThat(estimate.latencySeconds()).isBetween(0.0001, 2.0);
            assertThat(estimate.bytesPerSecond()).isBetween(1e6, 10e9);
        }
    }
}
