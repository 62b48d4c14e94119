package io.meridian.compactor.downsample;

/// One worker's raw → aggregates path: decode, cut, aggregate, encode. Allocates nothing once its arrays have grown.
final class RawFloatDownsampler {
    private static final int SAMPLES_MAX = 0xffff;

    private final XorColumnDecoder decoder = new XorColumnDecoder();
    private final WindowColumns windows = new WindowColumns();
    private final AggregatePayload payload = new AggregatePayload();
    private long[] keptTimes = new long[0];
    private double[] keptValues = new double[0];

    /// Downsamples run `run` of the input and ends it in the output.
    void downsample(RawBatch in, int run, long resolutionMs, AggregateBatch out) {
        decoder.clear();
        byte[] bytes = in.array();
        for (int chunk = in.firstChunk(run); chunk < in.endChunk(run); chunk++) {
            decoder.decode(bytes, in.chunkOffset(chunk), in.chunkLength(chunk));
        }
        downsampleDecoded(decoder, resolutionMs, out);
        out.endRun();
    }

    /// Cuts the decoded samples into batches that never split a window, and makes a chunk of each.
    void downsampleDecoded(XorColumnDecoder samples, long resolutionMs, AggregateBatch out) {
        int count = samples.size;
        if (count == 0) {
            return;
        }
        long[] times = samples.times;
        int chunks = Windows.targetChunks(times[0], times[count - 1], Windows.RAW_STEP_MS, resolutionMs, count);
        int batch = count / chunks + 1;
        for (int from = 0; from < count; ) {
            int to = Math.min(from + batch, count);
            long endMs = Windows.end(times[to - 1], resolutionMs);
            while (to < count && times[to] <= endMs) {
                to++;
            }
            if (samples.hasNaN) {
                aggregateWithoutNaN(samples, from, to, resolutionMs);
            } else {
                FloatAggregator.aggregate(times, samples.values, from, to, resolutionMs, !samples.hasInfinity, windows);
            }
            if (windows.size > 0) {
                encode(out);
            }
            from = to;
        }
    }

    private void aggregateWithoutNaN(XorColumnDecoder samples, int from, int to, long resolutionMs) {
        if (keptTimes.length < to - from) {
            keptTimes = new long[Math.max(to - from, 2 * keptTimes.length)];
            keptValues = new double[keptTimes.length];
        }
        int kept = 0;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(samples.values[i])) {
                keptTimes[kept] = samples.times[i];
                keptValues[kept++] = samples.values[i];
            }
        }
        if (kept == 0) {
            windows.clear();
        } else {
            FloatAggregator.aggregate(keptTimes, keptValues, 0, kept, resolutionMs, !samples.hasInfinity, windows);
        }
    }

    private void encode(AggregateBatch out) {
        int count = windows.size;
        if (count + 2 > SAMPLES_MAX) {
            throw new IllegalStateException("a chunk would hold " + count + " windows, more than its header can count");
        }
        payload.begin(out, count + 2);
        payload.column(out, windows.times, windows.counts, count);
        payload.column(out, windows.times, windows.sums, count);
        payload.column(out, windows.times, windows.mins, count);
        payload.column(out, windows.times, windows.maxs, count);
        payload.counter(out, windows);
        out.endChunk(windows.times[0], windows.times[count - 1], count);
    }
}
