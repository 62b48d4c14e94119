package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import io.meridian.model.histogram.HistogramResolution;

/// Encodings 3 and 6: native histograms with float counts (Prometheus `tsdb/docs/format/chunks.md`).
///
/// ```
/// header | layout | { varbit t | count | zero count | sum | buckets | start timestamp ? }
/// ```
///
/// Times are written as in [HistogramChunk]; all floats are XORed with their value in the sample before.
public final class FloatHistogramChunk {
    static final int COUNT = 0;
    static final int ZERO_COUNT = 1;
    static final int SUM = 2;
    static final int FIRST_BUCKET = 3;

    private static final String NAME = "float histogram chunk";

    private FloatHistogramChunk() {}

    /// Number of samples by the header.
    ///
    /// @param encoding FLOAT_HISTOGRAM or FLOAT_HISTOGRAM_ST
    public static int sampleCount(ChunkEncoding encoding, byte[] data, int offset, int length) {
        return HistogramHeader.read(NAME, encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST, data, offset, length)
                .count();
    }

    /// What the header says of a reset between the chunk before and this one.
    public static CounterResetHint counterReset(ChunkEncoding encoding, byte[] data, int offset, int length) {
        return HistogramHeader.read(NAME, encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST, data, offset, length)
                .reset();
    }

    /// Appends every sample.
    ///
    /// @param encoding FLOAT_HISTOGRAM or FLOAT_HISTOGRAM_ST
    /// @throws CorruptDataException if the payload ends early or is no such chunk; then nothing is appended
    public static void decode(ChunkEncoding encoding, byte[] data, int offset, int length, SampleBuffer target) {
        var reader = new Reader(encoding, data, offset, length);
        int before = target.size();
        try {
            while (reader.next()) {
                target.append(reader.time, reader.histogram());
                target.setStartTime(reader.startTime);
            }
        } catch (CorruptDataException e) {
            target.retain(0, before);
            throw e;
        }
    }

    /// As [#decode]; a corrupt chunk leaves the samples before the damage.
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
        private HistogramLayout layout = HistogramLayout.EMPTY;
        private XorColumns columns = new XorColumns(0);
        private int index = -1;
        private long time;
        private long startTime;
        private long timeDelta;
        private double count;
        private double zeroCount;
        private double sum;
        private double[] positive = new double[0];
        private double[] negative = new double[0];

        Reader(ChunkEncoding encoding, byte[] data, int offset, int length) {
            header = HistogramHeader.read(NAME, encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST, data, offset, length);
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
                count = columns.read(in, COUNT);
                zeroCount = columns.read(in, ZERO_COUNT);
                sum = columns.read(in, SUM);
                if (!StaleMarker.is(sum)) {
                    positive = later(positive.length, FIRST_BUCKET);
                    negative = later(negative.length, FIRST_BUCKET + positive.length);
                }
            }
            startTime = starts.read(in, index, time, previous);
            return true;
        }

        private void first() {
            layout = HistogramLayout.read(in);
            int positives = layout.positive().bucketCount();
            int negatives = layout.negative().bucketCount();
            if (64L * (positives + negatives) > in.remaining()) {
                throw in.corrupt("more buckets than bits: " + positives + " and " + negatives);
            }
            columns = new XorColumns(FIRST_BUCKET + positives + negatives);
            time = in.varbit();
            count = columns.begin(COUNT, in.bits(64));
            zeroCount = columns.begin(ZERO_COUNT, in.bits(64));
            sum = columns.begin(SUM, in.bits(64));
            positive = first(positives, FIRST_BUCKET);
            negative = first(negatives, FIRST_BUCKET + positives);
        }

        private double[] first(int buckets, int column) {
            double[] values = new double[buckets];
            for (int i = 0; i < buckets; i++) {
                values[i] = columns.begin(column + i, in.bits(64));
            }
            return values;
        }

        private double[] later(int buckets, int column) {
            if (buckets > in.remaining()) {
                throw in.corrupt("ends before its last sample");
            }
            double[] values = new double[buckets];
            for (int i = 0; i < buckets; i++) {
                values[i] = columns.read(in, column + i);
            }
            return values;
        }

        FloatHistogram histogram() {
            if (StaleMarker.is(sum)) {
                return FloatHistogram.stale();
            }
            return HistogramResolution.reduceReserved(new FloatHistogram(
                    header.hintOf(index),
                    layout.schema(),
                    layout.zeroThreshold(),
                    zeroCount,
                    count,
                    sum,
                    layout.positive(),
                    positive,
                    layout.negative(),
                    negative,
                    layout.customValues()));
        }
    }
}
