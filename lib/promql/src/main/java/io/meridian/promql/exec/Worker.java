package io.meridian.promql.exec;

import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/// What one thread reuses while it makes columns: the decoded series, its windows, and columns in between.
final class Worker {
    final SampleBuffer buffer = new SampleBuffer();
    final Windows windows = new Windows();
    final Scratch scratch = new Scratch();
    final MixedRange mixedRange = new MixedRange();
    final HistogramWork histograms = new HistogramWork();
    final ClassicBuckets buckets = new ClassicBuckets();
    private static final long[] NO_COUNTS = new long[0];

    /// Sums of queries before, all zero and of the same length.
    private final ArrayDeque<long[]> spareCounts = new ArrayDeque<>();

    private final List<long[]> counts = new ArrayList<>();

    /// By number: what is to be added to the sums of all steps.
    private long[] everywhere = NO_COUNTS;

    private final List<Column> free = new ArrayList<>();

    private LongConsumer reserve = bytes -> {};
    private Rows rows = new Rows();
    private int samplesExpected;

    /// Enters a query.
    ///
    /// @param bytesTaken told of bytes before they are taken
    /// @param columns    where columns come from
    void begin(QueryContext context, LongConsumer bytesTaken, Rows columns) {
        windows.context = context;
        reserve = bytesTaken;
        rows = columns;
    }

    /// Leaves the query, and keeps its buffers.
    void end() {
        windows.context = null;
        reserve = bytes -> {};
        samplesExpected = 0;
        for (Column column : free) {
            rows.giveBack(column.values);
        }
        free.clear();
        for (long[] count : counts) {
            if (!spareCounts.isEmpty() && spareCounts.peek().length != count.length) {
                spareCounts.clear();
            }
            Arrays.fill(count, 0);
            spareCounts.add(count);
        }
        counts.clear();
        Arrays.fill(everywhere, 0);
    }

    /// Bytes of all buffers between two queries.
    long retainedBytes() {
        long[] count = spareCounts.peek();
        return buffer.retainedBytes()
                + windows.retainedBytes()
                + scratch.retainedBytes()
                + mixedRange.retainedBytes()
                + (count == null ? 0 : 8L * spareCounts.size() * count.length);
    }

    /// Sums by step that this worker keeps under a number.
    long[] counts(int number, int steps) {
        while (counts.size() <= number) {
            counts.add(NO_COUNTS);
        }
        if (counts.get(number).length != steps) {
            reserve.accept(8L * steps);
            long[] spare = spareCounts.peek();
            counts.set(number, spare != null && spare.length == steps ? spareCounts.remove() : new long[steps]);
        }
        return counts.get(number);
    }

    /// Adds the same to the sums of all steps.
    void countAll(int number, int steps, long added) {
        counts(number, steps);
        if (everywhere.length < counts.size()) {
            everywhere = Arrays.copyOf(everywhere, 2 * counts.size());
        }
        everywhere[number] += added;
    }

    void addCounts(int number, long[] target) {
        if (number < counts.size()) {
            long[] own = counts.get(number);
            long all = number < everywhere.length ? everywhere[number] : 0;
            for (int k = 0; k < own.length; k++) {
                target[k] += own[k] + all;
            }
        }
    }

    /// Counts the room of so many samples in the buffer, which stays as large as it once was.
    void expectSamples(int count) {
        if (count > samplesExpected) {
            reserve.accept(16L * (count - samplesExpected));
            samplesExpected = count;
        }
    }

    /// A column of unknown content; to be given back.
    Column borrow(int steps) {
        for (int i = free.size() - 1; i >= 0; i--) {
            if (free.get(i).steps() == steps) {
                return free.remove(i);
            }
        }
        reserve.accept(8L * steps);
        return new Column(rows.take(steps));
    }

    void giveBack(Column column) {
        free.add(column);
    }
}
