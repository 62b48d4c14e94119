package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;

/// Writes float histograms as one [FloatHistogramChunk].
public final class FloatHistogramEncoder extends HistogramChunkEncoder<FloatHistogram> {
    private XorWindow[] windows = new XorWindow[0];

    /// @param withStartTimes whether to write encoding FLOAT_HISTOGRAM_ST
    public FloatHistogramEncoder(boolean withStartTimes) {
        super(withStartTimes);
    }

    @Override
    CounterResetHint hint(FloatHistogram histogram) {
        return histogram.hint();
    }

    @Override
    boolean isStale(FloatHistogram histogram) {
        return histogram.isStale();
    }

    @Override
    HistogramLayout layoutOf(FloatHistogram histogram) {
        return new HistogramLayout(
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.positiveSpans(),
                histogram.negativeSpans(),
                histogram.customValues());
    }

    @Override
    FloatHistogram stale() {
        return FloatHistogram.stale();
    }

    @Override
    boolean countFell(FloatHistogram last, FloatHistogram histogram) {
        return histogram.count() < last.count();
    }

    @Override
    boolean zeroCountFell(FloatHistogram last, FloatHistogram histogram) {
        return histogram.zeroCount() < last.zeroCount();
    }

    @Override
    boolean bucketsFell(
            BucketAlignment positive, BucketAlignment negative, FloatHistogram last, FloatHistogram histogram) {
        return positive.fell(last.positiveBuckets(), histogram.positiveBuckets())
                || negative.fell(last.negativeBuckets(), histogram.negativeBuckets());
    }

    @Override
    FloatHistogram spread(
            FloatHistogram histogram,
            Spans positiveSpans,
            Spans negativeSpans,
            BucketSpread positive,
            BucketSpread negative) {
        return new FloatHistogram(
                histogram.hint(),
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.zeroCount(),
                histogram.count(),
                histogram.sum(),
                positiveSpans,
                positive.absolute(histogram.positiveBuckets()),
                negativeSpans,
                negative.absolute(histogram.negativeBuckets()),
                histogram.customValues());
    }

    @Override
    CounterResetHint resetAfterGauge() {
        return CounterResetHint.UNKNOWN;
    }

    @Override
    void writeFirst(FloatHistogram histogram) {
        windows = new XorWindow
                [FloatHistogramChunk.FIRST_BUCKET
                        + histogram.positiveBuckets().length
                        + histogram.negativeBuckets().length];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new XorWindow();
        }
        writeRaw(histogram.count());
        writeRaw(histogram.zeroCount());
        writeRaw(histogram.sum());
        for (double bucket : histogram.positiveBuckets()) {
            writeRaw(bucket);
        }
        for (double bucket : histogram.negativeBuckets()) {
            writeRaw(bucket);
        }
    }

    @Override
    void writeLater(FloatHistogram last, FloatHistogram histogram) {
        writeXor(FloatHistogramChunk.COUNT, last.count(), histogram.count());
        writeXor(FloatHistogramChunk.ZERO_COUNT, last.zeroCount(), histogram.zeroCount());
        writeXor(FloatHistogramChunk.SUM, last.sum(), histogram.sum());
        double[] positive = histogram.positiveBuckets();
        for (int i = 0; i < positive.length; i++) {
            writeXor(FloatHistogramChunk.FIRST_BUCKET + i, last.positiveBuckets()[i], positive[i]);
        }
        double[] negative = histogram.negativeBuckets();
        int column = FloatHistogramChunk.FIRST_BUCKET + positive.length;
        for (int i = 0; i < negative.length; i++) {
            writeXor(column + i, last.negativeBuckets()[i], negative[i]);
        }
    }

    private void writeRaw(double value) {
        out.bits(Double.doubleToRawLongBits(value), 64);
    }

    private void writeXor(int column, double last, double value) {
        windows[column].write(out, Double.doubleToRawLongBits(value) ^ Double.doubleToRawLongBits(last));
    }
}
