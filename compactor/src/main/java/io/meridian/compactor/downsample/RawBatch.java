package io.meridian.compactor.downsample;

import java.util.Arrays;

/// Raw float series on their way into a [DownsampleKernel]: encoded XOR chunks, back to back in one array.
///
/// A *run* is a stretch of chunks that becomes one sequence of output chunks: usually all of a series, or the part of
/// it between two histograms. Runs are numbered in the order of their [#endRun].
public final class RawBatch {
    /// Behind the last payload, so that decoders can look past its end.
    private static final int SLACK = 64;

    private byte[] bytes = new byte[1 << 16];
    private int used;
    private int[] chunkOffsets = new int[256];
    private int[] chunkLengths = new int[256];
    private int[] chunkSamples = new int[256];
    private int chunks;
    private long samples;
    private int[] runEnds = new int[64];
    private long[] samplesBeforeEnds = new long[64];
    private int runs;

    /// Forgets everything, keeps the arrays.
    public void clear() {
        used = 0;
        chunks = 0;
        samples = 0;
        runs = 0;
    }

    /// Adds the payload of an XOR chunk to the current run.
    public void addChunk(byte[] source, int offset, int length) {
        int needed = used + length + SLACK;
        if (needed > bytes.length) {
            // two of these are most of what downsampling holds: little more than it takes
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + bytes.length / 8));
        }
        if (chunks == chunkOffsets.length) {
            chunkOffsets = Arrays.copyOf(chunkOffsets, 2 * chunks);
            chunkLengths = Arrays.copyOf(chunkLengths, 2 * chunks);
            chunkSamples = Arrays.copyOf(chunkSamples, 2 * chunks);
        }
        System.arraycopy(source, offset, bytes, used, length);
        chunkOffsets[chunks] = used;
        chunkLengths[chunks] = length;
        chunkSamples[chunks] = length < 2 ? 0 : (source[offset] & 0xff) << 8 | source[offset + 1] & 0xff;
        samples += chunkSamples[chunks];
        chunks++;
        used += length;
    }

    /// Ends the current run and returns its number.
    public int endRun() {
        if (runs == runEnds.length) {
            runEnds = Arrays.copyOf(runEnds, 2 * runs);
            samplesBeforeEnds = Arrays.copyOf(samplesBeforeEnds, 2 * runs);
        }
        runEnds[runs] = chunks;
        samplesBeforeEnds[runs] = samples;
        return runs++;
    }

    public int runs() {
        return runs;
    }

    /// Number of the run's first chunk.
    public int firstChunk(int run) {
        return run == 0 ? 0 : runEnds[run - 1];
    }

    /// One behind the number of the run's last chunk.
    public int endChunk(int run) {
        return runEnds[run];
    }

    /// Where a chunk's payload begins in [#array].
    public int chunkOffset(int chunk) {
        return chunkOffsets[chunk];
    }

    public int chunkLength(int chunk) {
        return chunkLengths[chunk];
    }

    /// Samples that the header of a chunk counts.
    public int chunkSamples(int chunk) {
        return chunkSamples[chunk];
    }

    /// Samples that the headers of the runs `[from, to)` count.
    public long samples(int from, int to) {
        return from == to ? 0 : samplesBeforeEnds[to - 1] - (from == 0 ? 0 : samplesBeforeEnds[from - 1]);
    }

    /// The payloads; at least 64 bytes follow the last one.
    public byte[] array() {
        return bytes;
    }

    /// Bytes of all payloads.
    public int sizeBytes() {
        return used;
    }
}
