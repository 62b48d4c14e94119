package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Spans;
import io.meridian.model.StaleMarker;
import io.meridian.model.histogram.HistogramResolution;

/// Encodings 2 and 5: native histograms with integer counts (Prometheus `tsdb/docs/format/chunks.md`).
///
/// ```
/// header | layout | { varbit t | varbit count | varbit zero count | sum | varbit per bucket | start timestamp ? }
/// ```
///
/// Numbers of the first sample are themselves, of the second their change, then the change of the change; the sum is
/// XORed. Bucket numbers are differences between neighbours already. A stale marker has no buckets.
public final class HistogramChunk {
    private static final String NAME = "histogram chunk";

    private HistogramChunk() {}

    /// Number of samples by the header.
    ///
    /// @param encoding HISTOGRAM or HISTOGRAM_ST
    public static int sampleCount(ChunkEncoding encoding, byte[] data, int offset, int length) {
        return HistogramHeader.read(NAME, encoding == ChunkEncoding.HISTOGRAM_ST, data, offset, length)
                .count();
    }

    /// What the header says of a reset between the chunk before and this one.
    public static CounterResetHint counterReset(ChunkEncoding encoding, byte[] data, int offset, int length) {
        return HistogramHeader.read(NAME, encoding == ChunkEncoding.HISTOGRAM_ST, data, offset, length)
                .reset();
    }

    /// Appends every sample as a float histogram.
    ///
    /// @param encoding HISTOGRAM or HISTOGRAM_ST
    /// @throws CorruptDataException if the payload ends early or is no such chunk; then nothing is appended
    public static void decode(ChunkEncoding encoding, byte[] data, int offset, int length, SampleBuffer target) {
        decode(encoding, data, offset, length, Long.MAX_VALUE, target);
    }

    /// As [#decode], perhaps without samples behind the one that is later than `maxMs`.
    public static void decode(
            ChunkEncoding encoding, byte[] data, int offset, int length, long maxMs, SampleBuffer target) {
        int before = target.size();
        try {
            if (encoding == ChunkEncoding.HISTOGRAM
                    && HistogramRows.decode(NAME, data, offset, length, maxMs, target)) {
                return;
            }
            var reader = new Reader(encoding, data, offset, length);
            while (reader.next()) {
                target.append(reader.time, reader.floatHistogram());
                target.setStartTime(reader.startTime);
            }
        } catch (CorruptDataException e) {
            target.retain(0, before);
            throw e;
        }
    }

    /// As [#decode], with integer counts as they are stored; a corrupt chunk leaves the samples before the damage.
    public static void decodeExact(ChunkEncoding encoding, byte[] data, int offset, int length, ExactSamples target) {
        var reader = new Reader(encoding, data, offset, length);
        while (reader.next()) {
            target.append(reader.startTime, reader.time, reader.histogram());
        }
    }

    private static final class Reader {
        private final BitReader in;
        private final HistogramHeader header;
        private final StartTimeReader starts;
        private final XorColumns sums = new XorColumns(1);
        private HistogramLayout layout = HistogramLayout.EMPTY;
        private int index = -1;
        private long time;
        private long startTime;
        private long timeDelta;
        private long count;
        private long countDelta;
        private long zeroCount;
        private long zeroCountDelta;
        private double sum;
        private long[] positive = new long[0];
        private long[] positiveDeltas = new long[0];
        private long[] negative = new long[0];
        private long[] negativeDeltas = new long[0];

        Reader(ChunkEncoding encoding, byte[] data, int offset, int length) {
            header = HistogramHeader.read(NAME, encoding == ChunkEncoding.HISTOGRAM_ST, data, offset, length);
            in = new BitReader(NAME, data, offset, length, HistogramHeader.LENGTH);
            starts = new StartTimeReader(header.starts());
        }

        boolean next() {
            if (++index >= header.count()) {
                return false;
            }
            long previous = time;
            if (index == 0) {
                first();
            } else {
                timeDelta += in.varbit();
                time += timeDelta;
                countDelta += in.varbit();
                count += countDelta;
                zeroCountDelta += in.varbit();
                zeroCount += zeroCountDelta;
                sum = sums.read(in, 0);
                if (!StaleMarker.is(sum)) {
                    later(positive, positiveDeltas);
                    later(negative, negativeDeltas);
                }
            }
            startTime = starts.read(in, index, time, previous);
            return true;
        }

        private void first() {
            layout = HistogramLayout.read(in);
            time = in.varbit();
            count = in.varbitUnsigned();
            zeroCount = in.varbitUnsigned();
            sum = sums.begin(0, in.bits(64));
            positive = new long[layout.positive().bucketCount()];
            positiveDeltas = new long[positive.length];
            negative = new long[layout.negative().bucketCount()];
            negativeDeltas = new long[negative.length];
            for (int i = 0; i < positive.length; i++) {
                positive[i] = in.varbit();
            }
            for (int i = 0; i < negative.length; i++) {
                negative[i] = in.varbit();
            }
        }

        private void later(long[] buckets, long[] deltas) {
            for (int i = 0; i < buckets.length; i++) {
                deltas[i] += in.varbit();
                buckets[i] += deltas[i];
            }
        }

        Histogram histogram() {
            if (StaleMarker.is(sum)) {
                return Histogram.stale();
            }
            return HistogramResolution.reduceReserved(new Histogram(
                    header.hintOf(index),
                    layout.schema(),
                    layout.zeroThreshold(),
                    zeroCount,
                    count,
                    sum,
                    layout.positive(),
                    positive.clone(),
                    layout.negative(),
                    negative.clone(),
                    layout.customValues()));
        }

        FloatHistogram floatHistogram() {
            if (StaleMarker.is(sum)) {
                return FloatHistogram.stale();
            }
            return HistogramResolution.reduceReserved(new FloatHistogram(
                    header.hintOf(index),
                    layout.schema(),
                    layout.zeroThreshold(),
                    Histogram.unsignedToDouble(zeroCount),
                    Histogram.unsignedToDouble(count),
                    sum,
                    layout.positive(),
                    absolute(layout.positive(), positive),
                    layout.negative(),
                    absolute(layout.negative(), negative),
                    layout.customValues()));
        }

        private static double[] absolute(Spans spans, long[] differences) {
            double[] counts = new double[spans.bucketCount()];
            long current = 0;
            for (int i = 0; i < counts.length; i++) {
                current += differences[i];
                counts[i] = current;
            }
            return counts;
        }
    }
}
