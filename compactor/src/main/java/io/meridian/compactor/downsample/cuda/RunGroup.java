package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.RawBatch;
import java.util.ArrayList;
import java.util.List;

/// Consecutive runs of a batch that go through the device together.
///
/// @param fromRun the first run
/// @param toRun   one behind the last run
/// @param samples what the headers of the chunks count together
record RunGroup(int fromRun, int toRun, long samples) {
    /// Samples that a group has at most, if it has more than one run.
    static final long SAMPLES_MAX = 8 << 20;

    private static final long SAMPLES_MIN = 1 << 20;

    /// A longer run is the CPU's: the device counts samples and bits by 32 bits.
    private static final long RUN_SAMPLES_MAX = 1 << 27;

    boolean isForDevice() {
        return samples <= RUN_SAMPLES_MAX;
    }

    /// Cuts a batch into groups of about equal size, at least `groupsWanted` of them if the batch is large enough.
    static List<RunGroup> of(RawBatch batch, int groupsWanted) {
        long samplesMax = Math.clamp(batch.samples(0, batch.runs()) / groupsWanted + 1, SAMPLES_MIN, SAMPLES_MAX);
        var groups = new ArrayList<RunGroup>();
        int from = 0;
        long sum = 0;
        for (int run = 0; run < batch.runs(); run++) {
            long samples = batch.samples(run, run + 1);
            if (sum + samples > samplesMax && run > from) {
                groups.add(new RunGroup(from, run, sum));
                from = run;
                sum = 0;
            }
            sum += samples;
        }
        if (from < batch.runs()) {
            groups.add(new RunGroup(from, batch.runs(), sum));
        }
        return groups;
    }
}
