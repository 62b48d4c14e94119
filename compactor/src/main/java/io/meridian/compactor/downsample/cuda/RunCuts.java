package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.Windows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/// How the runs of a group are cut into batches, decided on the host from what the device measured; the only divisions
/// of the whole computation are here. Runs that the device cannot do are left to the CPU.
final class RunCuts {
    /// A run's extent as the device writes it: first and last time, samples, flags.
    static final long EXTENT_BYTES = 24;

    /// A run's cut as the device reads it: samples per batch, number of the first batch and of the first window.
    static final long CUT_BYTES = 12;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    /// No sum of such times and a window overflows.
    private static final long TIME_MS_MAX = 1L << 61;

    private final BitSet forCpu = new BitSet();
    private int[] firstBatches = new int[64];
    private long windows;

    /// @param extents of each run
    /// @param cuts    one more than there are runs, filled here
    void plan(int runs, MemorySegment extents, long resolutionMs, MemorySegment cuts) {
        forCpu.clear();
        windows = 0;
        if (firstBatches.length <= runs) {
            firstBatches = new int[2 * runs];
        }
        int batches = 0;
        for (int run = 0; run < runs; run++) {
            long firstMs = extents.get(LONG, EXTENT_BYTES * run);
            long lastMs = extents.get(LONG, EXTENT_BYTES * run + 8);
            int samples = extents.get(INT, EXTENT_BYTES * run + 16);
            boolean failed = extents.get(INT, EXTENT_BYTES * run + 20) != 0 || lastMs > TIME_MS_MAX;
            int batchSamples = 0;
            if (failed) {
                forCpu.set(run);
            } else if (samples > 0) {
                batchSamples =
                        samples / Windows.targetChunks(firstMs, lastMs, Windows.RAW_STEP_MS, resolutionMs, samples) + 1;
            }
            put(cuts, run, batchSamples, batches);
            if (batchSamples > 0) {
                batches += (samples + batchSamples - 1) / batchSamples;
                long spanned = (Windows.end(lastMs, resolutionMs) - Windows.end(firstMs, resolutionMs)) / resolutionMs;
                windows += Math.min(samples, spanned + 1);
            }
        }
        put(cuts, runs, 0, batches);
    }

    private void put(MemorySegment cuts, int run, int batchSamples, int firstBatch) {
        cuts.set(INT, CUT_BYTES * run, batchSamples);
        cuts.set(INT, CUT_BYTES * run + 4, firstBatch);
        cuts.set(INT, CUT_BYTES * run + 8, (int) windows);
        firstBatches[run] = firstBatch;
    }

    /// Runs that the CPU is to do, numbered within the group.
    BitSet forCpu() {
        return forCpu;
    }

    int firstBatch(int run) {
        return firstBatches[run];
    }

    /// Windows of all batches, at most.
    int windows() {
        return (int) windows;
    }
}
