package io.meridian.compactor.downsample;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Downsampled chunks on their way out of a [DownsampleKernel]: payloads back to back in one array, grouped by run.
public final class AggregateBatch {
    byte[] bytes = new byte[1 << 16];
    int used;
    private int[] payloadEnds = new int[64];
    private long[] minTimes = new long[64];
    private long[] maxTimes = new long[64];
    private int[] sampleCounts = new int[64];
    private int chunks;
    private int[] runEnds = new int[64];
    private int runs;

    /// Forgets everything, keeps the arrays.
    public void clear() {
        used = 0;
        chunks = 0;
        runs = 0;
    }

    void ensure(int count) {
        if (used + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(used + count, 2 * bytes.length));
        }
    }

    /// Appends bytes to the payload of the current chunk.
    public void put(MemorySegment source, long offset, int length) {
        ensure(length);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, bytes, used, length);
        used += length;
    }

    /// Ends a chunk, whose payload is what was written since the end of the one before.
    ///
    /// @param samples windows, which is what the block's statistics count
    public void endChunk(long minMs, long maxMs, int samples) {
        if (chunks == payloadEnds.length) {
            int capacity = 2 * chunks;
            payloadEnds = Arrays.copyOf(payloadEnds, capacity);
            minTimes = Arrays.copyOf(minTimes, capacity);
            maxTimes = Arrays.copyOf(maxTimes, capacity);
            sampleCounts = Arrays.copyOf(sampleCounts, capacity);
        }
        payloadEnds[chunks] = used;
        minTimes[chunks] = minMs;
        maxTimes[chunks] = maxMs;
        sampleCounts[chunks] = samples;
        chunks++;
    }

    public void endRun() {
        if (runs == runEnds.length) {
            runEnds = Arrays.copyOf(runEnds, 2 * runs);
        }
        runEnds[runs++] = chunks;
    }

    /// Appends a run of another batch.
    public void addRun(AggregateBatch source, int run) {
        for (int chunk = source.firstChunk(run); chunk < source.endChunk(run); chunk++) {
            int length = source.payloadLength(chunk);
            ensure(length);
            System.arraycopy(source.bytes, source.payloadOffset(chunk), bytes, used, length);
            used += length;
            endChunk(source.minMs(chunk), source.maxMs(chunk), source.samples(chunk));
        }
        endRun();
    }

    public int runs() {
        return runs;
    }

    /// Number of the first chunk of the `run`-th run *of this batch*.
    public int firstChunk(int run) {
        return run == 0 ? 0 : runEnds[run - 1];
    }

    public int endChunk(int run) {
        return runEnds[run];
    }

    /// Time of the first window, in milliseconds; the counter may begin before it.
    public long minMs(int chunk) {
        return minTimes[chunk];
    }

    public long maxMs(int chunk) {
        return maxTimes[chunk];
    }

    public int samples(int chunk) {
        return sampleCounts[chunk];
    }

    public int payloadOffset(int chunk) {
        return chunk == 0 ? 0 : payloadEnds[chunk - 1];
    }

    public int payloadLength(int chunk) {
        return payloadEnds[chunk] - payloadOffset(chunk);
    }

    public byte[] array() {
        return bytes;
    }
}
