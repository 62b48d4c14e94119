package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Histogram;
import io.meridian.model.Spans;
import io.meridian.model.StaleMarker;

/// Writes integer histograms as one [HistogramChunk].
public final class HistogramEncoder extends HistogramChunkEncoder<Histogram> {
    private final XorWindow sumWindow = new XorWindow();
    private long countDelta;
    private long zeroCountDelta;
    private long[] positiveDeltas = new long[0];
    private long[] negativeDeltas = new long[0];

    /// @param withStartTimes whether to write encoding HISTOGRAM_ST
    public HistogramEncoder(boolean withStartTimes) {
        super(withStartTimes);
    }

    @Override
    CounterResetHint hint(Histogram histogram) {
        return histogram.hint();
    }

    @Override
    boolean isStale(Histogram histogram) {
        return histogram.isStale();
    }

    @Override
    HistogramLayout layoutOf(Histogram histogram) {
        return new HistogramLayout(
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.positiveSpans(),
                histogram.negativeSpans(),
                histogram.customValues());
    }

    @Override
    Histogram stale() {
        return Histogram.stale();
    }

    @Override
    boolean countFell(Histogram last, Histogram histogram) {
        return Long.compareUnsigned(histogram.count(), last.count()) < 0;
    }

    @Override
    boolean zeroCountFell(Histogram last, Histogram histogram) {
        return Long.compareUnsigned(histogram.zeroCount(), last.zeroCount()) < 0;
    }

    @Override
    boolean bucketsFell(BucketAlignment positive, BucketAlignment negative, Histogram last, Histogram histogram) {
        return positive.fell(last.positiveDeltas(), histogram.positiveDeltas())
                || negative.fell(last.negativeDeltas(), histogram.negativeDeltas());
    }

    @Override
    Histogram spread(
            Histogram histogram,
            Spans positiveSpans,
            Spans negativeSpans,
            BucketSpread positive,
            BucketSpread negative) {
        return new Histogram(
                histogram.hint(),
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.zeroCount(),
                histogram.count(),
                histogram.sum(),
                positiveSpans,
                positive.differences(histogram.positiveDeltas()),
                negativeSpans,
                negative.differences(histogram.negativeDeltas()),
                histogram.customValues());
    }

    @Override
    CounterResetHint resetAfterGauge() {
        return CounterResetHint.NOT_RESET;
    }

    @Override
    void writeFirst(Histogram histogram) {
        sumWindow.clear();
        countDelta = 0;
        zeroCountDelta = 0;
        positiveDeltas = new long[histogram.positiveDeltas().length];
        negativeDeltas = new long[histogram.negativeDeltas().length];
        Varbit.writeUnsigned(out, histogram.count());
        Varbit.writeUnsigned(out, histogram.zeroCount());
        out.bits(Double.doubleToRawLongBits(histogram.sum()), 64);
        for (long bucket : histogram.positiveDeltas()) {
            Varbit.writeSigned(out, bucket);
        }
        for (long bucket : histogram.negativeDeltas()) {
            Varbit.writeSigned(out, bucket);
        }
    }

    @Override
    void writeLater(Histogram last, Histogram histogram) {
        long newCountDelta = histogram.count() - last.count();
        long newZeroCountDelta = histogram.zeroCount() - last.zeroCount();
        boolean stale = StaleMarker.is(histogram.sum());
        Varbit.writeSigned(out, stale ? 0 : newCountDelta - countDelta);
        Varbit.writeSigned(out, stale ? 0 : newZeroCountDelta - zeroCountDelta);
        countDelta = newCountDelta;
        zeroCountDelta = newZeroCountDelta;
        sumWindow.write(out, Double.doubleToRawLongBits(histogram.sum()) ^ Double.doubleToRawLongBits(last.sum()));
        writeBuckets(positiveDeltas, last.positiveDeltas(), histogram.positiveDeltas());
        writeBuckets(negativeDeltas, last.negativeDeltas(), histogram.negativeDeltas());
    }

    private void writeBuckets(long[] changes, long[] last, long[] buckets) {
        for (int i = 0; i < buckets.length; i++) {
            long change = buckets[i] - last[i];
            Varbit.writeSigned(out, change - changes[i]);
            changes[i] = change;
        }
    }
}
