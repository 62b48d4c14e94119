package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Spans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes histograms of one kind as one chunk, to the bytes that Prometheus writes.
///
/// The first histogram sets the layout. A later one with more buckets widens it, and the chunk is written anew; one
/// that lacks buckets which were never populated gets them as zeros. Everything else that does not fit (a counter
/// reset, another schema, …) needs a new chunk.
///
/// @param <H> the kind of histogram
public abstract sealed class HistogramChunkEncoder<H> permits HistogramEncoder, FloatHistogramEncoder {
    final BitWriter out = new BitWriter();
    private final boolean withStartTimes;
    private final StartTimeWriter starts = new StartTimeWriter();
    private final List<H> samples = new ArrayList<>();
    private long[] times = new long[128];
    private long[] startTimes = new long[128];
    private HistogramLayout layout = HistogramLayout.EMPTY;
    private CounterResetHint reset = CounterResetHint.UNKNOWN;
    private long time;
    private long timeDelta;

    HistogramChunkEncoder(boolean withStartTimes) {
        this.withStartTimes = withStartTimes;
    }

    abstract CounterResetHint hint(H histogram);

    abstract boolean isStale(H histogram);

    abstract HistogramLayout layoutOf(H histogram);

    /// A stale marker without anything else.
    abstract H stale();

    /// Whether the count is less than in the last histogram.
    abstract boolean countFell(H last, H histogram);

    abstract boolean zeroCountFell(H last, H histogram);

    abstract boolean bucketsFell(BucketAlignment positive, BucketAlignment negative, H last, H histogram);

    /// The histogram with the buckets of both.
    abstract H spread(
            H histogram, Spans positiveSpans, Spans negativeSpans, BucketSpread positive, BucketSpread negative);

    /// How a refused counter histogram that follows a gauge is marked.
    abstract CounterResetHint resetAfterGauge();

    abstract void writeFirst(H histogram);

    abstract void writeLater(H last, H histogram);

    /// Starts an empty chunk; the bytes given before stay as they are.
    public final void clear() {
        samples.clear();
    }

    public final int sampleCount() {
        return samples.size();
    }

    /// Most samples that one chunk may have.
    public final int capacity() {
        return withStartTimes ? HistogramHeader.COUNT_MAX_WITH_START_TIMES : HistogramHeader.COUNT_MAX;
    }

    /// Bytes of the payload so far.
    public final int byteCount() {
        return samples.isEmpty() ? HistogramHeader.LENGTH : out.byteCount();
    }

    /// Appends the histogram if it fits.
    ///
    /// @param startTimeMs start timestamp, 0 for unknown; ignored by encodings without them
    /// @return null if appended, else the header with which [#begin] must start a new chunk
    /// @throws IllegalStateException if the chunk is full
    public final @Nullable CounterResetHint append(long startTimeMs, long timeMs, H histogram) {
        if (samples.isEmpty()) {
            CounterResetHint hint = hint(histogram);
            begin(hint == CounterResetHint.NOT_RESET ? CounterResetHint.UNKNOWN : hint, startTimeMs, timeMs, histogram);
            return null;
        }
        if (samples.size() == capacity()) {
            throw new IllegalStateException("histogram chunk is full: samples=" + samples.size());
        }
        boolean gauge = hint(histogram) == CounterResetHint.GAUGE;
        if (gauge != (reset == CounterResetHint.GAUGE)) {
            return gauge ? CounterResetHint.GAUGE : resetAfterGauge();
        }
        if (hint(histogram) == CounterResetHint.RESET) {
            return CounterResetHint.RESET;
        }
        if (isStale(histogram)) {
            write(startTimeMs, timeMs, stale());
            return null;
        }
        H last = samples.getLast();
        CounterResetHint refusal = refusal(last, histogram, gauge);
        if (refusal != null) {
            return refusal;
        }
        BucketAlignment positive =
                BucketAlignment.of(layout.positive(), layoutOf(histogram).positive());
        BucketAlignment negative =
                BucketAlignment.of(layout.negative(), layoutOf(histogram).negative());
        if (!gauge && bucketsFell(positive, negative, last, histogram)) {
            return CounterResetHint.RESET;
        }
        join(startTimeMs, timeMs, histogram, positive, negative, gauge);
        return null;
    }

    /// What speaks against the histogram before its buckets are looked at.
    private @Nullable CounterResetHint refusal(H last, H histogram, boolean gauge) {
        HistogramLayout wanted = layoutOf(histogram);
        CounterResetHint unknown = gauge ? CounterResetHint.GAUGE : CounterResetHint.UNKNOWN;
        if (isStale(last)) {
            return unknown;
        }
        if (!gauge && countFell(last, histogram)) {
            return CounterResetHint.RESET;
        }
        if (wanted.schema() != layout.schema() || wanted.zeroThreshold() != layout.zeroThreshold()) {
            return unknown;
        }
        if (!Arrays.equals(wanted.customValues(), layout.customValues())) {
            return gauge ? CounterResetHint.GAUGE : CounterResetHint.RESET;
        }
        return !gauge && zeroCountFell(last, histogram) ? CounterResetHint.RESET : null;
    }

    private void join(
            long startTimeMs,
            long timeMs,
            H histogram,
            BucketAlignment positive,
            BucketAlignment negative,
            boolean gauge) {
        boolean growsSample = positive.growsSample() || negative.growsSample();
        if (!positive.growsChunk() && !negative.growsChunk()) {
            H joined = growsSample
                    ? spread(
                            histogram,
                            layout.positive(),
                            layout.negative(),
                            positive.sampleSpread(),
                            negative.sampleSpread())
                    : histogram;
            write(startTimeMs, timeMs, joined);
            return;
        }
        // Prometheus keeps the spans as they came where nothing had to be added to them.
        Spans positiveSpans =
                (gauge ? growsSample : positive.growsSample()) ? positive.unionSpans() : positive.sampleSpans();
        Spans negativeSpans =
                (gauge ? growsSample : negative.growsSample()) ? negative.unionSpans() : negative.sampleSpans();
        rewrite(positiveSpans, negativeSpans, positive.chunkSpread(), negative.chunkSpread());
        write(
                startTimeMs,
                timeMs,
                spread(histogram, positiveSpans, negativeSpans, positive.sampleSpread(), negative.sampleSpread()));
    }

    private void rewrite(Spans positiveSpans, Spans negativeSpans, BucketSpread positive, BucketSpread negative) {
        List<H> before = List.copyOf(samples);
        long[] beforeTimes = Arrays.copyOf(times, before.size());
        long[] beforeStartTimes = Arrays.copyOf(startTimes, before.size());
        samples.clear();
        for (int i = 0; i < before.size(); i++) {
            H histogram = before.get(i);
            H wider = isStale(histogram)
                    ? histogram
                    : spread(histogram, positiveSpans, negativeSpans, positive, negative);
            write(beforeStartTimes[i], beforeTimes[i], wider);
        }
    }

    /// Starts a new chunk with this histogram and header, whatever its hint is.
    public final void begin(CounterResetHint header, long startTimeMs, long timeMs, H histogram) {
        samples.clear();
        reset = header;
        write(startTimeMs, timeMs, isStale(histogram) ? stale() : histogram);
    }

    private void write(long startTimeMs, long timeMs, H histogram) {
        int index = samples.size();
        if (index == 0) {
            out.clear();
            starts.clear();
            out.bits(0, 8 * HistogramHeader.LENGTH);
            layout = layoutOf(histogram);
            layout.write(out);
            timeDelta = 0;
            Varbit.writeSigned(out, timeMs);
            writeFirst(histogram);
        } else {
            long newDelta = timeMs - time;
            Varbit.writeSigned(out, newDelta - timeDelta);
            timeDelta = newDelta;
            writeLater(samples.getLast(), histogram);
        }
        if (withStartTimes) {
            starts.write(out, index, startTimeMs, timeMs, time);
        }
        time = timeMs;
        remember(index, startTimeMs, timeMs, histogram);
    }

    private void remember(int index, long startTimeMs, long timeMs, H histogram) {
        if (index == times.length) {
            times = Arrays.copyOf(times, 2 * index);
            startTimes = Arrays.copyOf(startTimes, 2 * index);
        }
        times[index] = timeMs;
        startTimes[index] = startTimeMs;
        samples.add(histogram);
    }

    /// The payload: a copy, so that more samples may be appended.
    public final byte[] toBytes() {
        byte[] bytes = samples.isEmpty() ? new byte[HistogramHeader.LENGTH] : out.toBytes();
        new HistogramHeader(
                        samples.size(), samples.isEmpty() ? CounterResetHint.UNKNOWN : reset, starts.header() & 0xFF)
                .write(withStartTimes, bytes);
        return bytes;
    }
}
