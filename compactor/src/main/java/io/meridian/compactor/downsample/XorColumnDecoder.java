package io.meridian.compactor.downsample;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorChunk;

/// Chunks of floats → one column of times and one of values, in the way downsampling reads them: stale markers and
/// samples that go back in time within their chunk are left out. Reused by one worker; nothing is allocated once the
/// columns are large enough.
final class XorColumnDecoder {
    private static final long EXPONENT = 0x7ff0000000000000L;

    private final SampleBuffer samples = new SampleBuffer();

    /// Valid up to [#size] and until the next chunk.
    long[] times = samples.times();

    double[] values = samples.values();
    int size;

    /// Whether a NaN, or an infinity, is among the values.
    boolean hasNaN;

    boolean hasInfinity;

    void clear() {
        samples.clear();
        size = 0;
        hasNaN = false;
        hasInfinity = false;
    }

    /// Appends the samples of one chunk of floats.
    ///
    /// @throws CorruptDataException if the chunk is cut short or its fields make no sense
    void decode(EncodedChunk chunk) {
        ChunkCodec.decode(chunk, samples);
        filter();
    }

    /// Appends the samples of one XOR chunk.
    ///
    /// @throws CorruptDataException as above
    void decode(byte[] bytes, int offset, int length) {
        XorChunk.decode(bytes, offset, length, samples);
        filter();
    }

    /// Looks through what was appended last.
    private void filter() {
        long[] columnTimes = samples.times();
        double[] columnValues = samples.values();
        int from = size;
        int to = samples.size();
        if (from == to) {
            return;
        }
        // two loops without a branch, of a kind that the compiler turns into vectors
        long backwards = columnTimes[from];
        for (int i = from + 1; i < to; i++) {
            backwards |= columnTimes[i] - columnTimes[i - 1];
        }
        double largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(columnValues[i]));
        }
        times = columnTimes;
        values = columnValues;
        if (backwards < 0 || !(largest < Double.POSITIVE_INFINITY)) {
            to = keepUsable(to);
            samples.retain(0, to);
        }
        size = to;
    }

    private int keepUsable(int to) {
        int kept = size;
        long last = 0;
        for (int i = size; i < to; i++) {
            long time = times[i];
            long bits = Double.doubleToRawLongBits(values[i]);
            if (time < last || bits == StaleMarker.BITS) {
                continue;
            }
            last = time;
            times[kept] = time;
            values[kept++] = values[i];
            if ((bits & EXPONENT) == EXPONENT) {
                if (Double.isNaN(values[i])) {
                    hasNaN = true;
                } else {
                    hasInfinity = true;
                }
            }
        }
        return kept;
    }
}
