package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.HistogramColumn;
import io.meridian.model.QueryException;
import io.meridian.promql.plan.Plan;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Counts samples as Prometheus counts them, apart from the memory that is really held: the points of every node's
/// result, and what windows look at, both by step.
public final class SampleCount {
    private static final long[] NO_WEIGHTS = {};

    /// Of a counter by step, and of the windows by step that go with it.
    private static final long COUNTER_BYTES = 4 * 8 + 8;

    private final long samplesMax;
    private final IdentityHashMap<Plan, Counter> counters = new IdentityHashMap<>();
    private final HeldTogether held;
    private LongConsumer reserve = bytes -> {};

    /// @param plan       of the query
    /// @param samplesMax most samples that it may hold at once
    public SampleCount(Plan plan, long samplesMax) {
        held = new HeldTogether(plan);
        this.samplesMax = samplesMax;
    }

    /// @param consumer told of bytes before they are allocated
    void reserveWith(LongConsumer consumer) {
        reserve = consumer;
    }

    /// The counter of a plan's node.
    Counter counter(Plan plan, int steps) {
        Counter known = counters.get(plan);
        if (known == null) {
            reserve.accept(COUNTER_BYTES * steps);
            known = new Counter(counters.size(), steps, held.of(plan), held.ofConsumer(plan));
            counters.put(plan, known);
        }
        return known;
    }

    @Nullable
    Counter find(Plan plan) {
        return counters.get(plan);
    }

    QueryException tooMany() {
        return new QueryException(
                Fault.LIMIT_EXCEEDED, "query processing would load too many samples into memory in query execution");
    }

    void check(long peak) {
        if (peak > samplesMax) {
            throw tooMany();
        }
    }

    /// A stream that counts what it makes.
    VectorStream counted(Plan plan, VectorStream stream, Worker worker) {
        Counter counter = counter(plan, stream.steps);
        counter.outputOf = new long[stream.size()];
        if (stream instanceof Materialized all) {
            var column = worker.borrow(stream.steps);
            for (int i = 0; i < all.size(); i++) {
                all.fill(i, column, worker);
                counter.points(i, column, worker);
            }
            worker.giveBack(column);
            return all;
        }
        return new VectorStream(stream.grid, stream.labels(), stream.marks()) {
            @Override
            boolean raises() {
                return stream.raises();
            }

            @Override
            void fill(int series, Column target, Worker filler) {
                stream.fill(series, target, filler);
                counter.points(series, target, filler);
            }
        };
    }

    /// The counts of one node. Each worker has its own; they are added up when all is done.
    final class Counter {
        private final int id;
        private final int steps;
        private final AtomicLong heldHere;
        private final @Nullable AtomicLong heldByConsumer;
        private long[] windowOf = new long[0];
        private long[] outputOf = new long[0];
        final long[] points;
        /// By how much the points exceed their number, histograms counting by size.
        final long[] surplus;
        final long[] looked;
        final long[] read;

        /// @param heldHere       points of the node and its operands
        /// @param heldByConsumer points of the node's consumer and its operands, or null
        Counter(int id, int steps, AtomicLong heldHere, @Nullable AtomicLong heldByConsumer) {
            this.heldHere = heldHere;
            this.heldByConsumer = heldByConsumer;
            this.id = id;
            this.steps = steps;
            points = new long[steps];
            surplus = new long[steps];
            looked = new long[steps];
            read = new long[steps];
        }

        /// Makes room for the largest window of each series.
        void expectSeries(int count) {
            windowOf = new long[count];
        }

        /// The most of each series that was held at once, window and results so far, in their order.
        long[] windows() {
            return windowOf;
        }

        /// Points of each series of the result, in their order.
        long[] outputs() {
            return outputOf;
        }

        /// Counts a column of the node's result.
        void points(int series, Column column, Worker worker) {
            double[] values = column.values;
            HistogramColumn histograms = column.histograms;
            if (histograms == null && column.isFull()) {
                worker.countAll(4 * id, steps, 1);
                count(series, values.length);
                return;
            }
            long[] target = worker.counts(4 * id, steps);
            long count = 0;
            for (int k = 0; k < values.length; k++) {
                int present = Column.isAbsent(values[k]) ? 0 : 1;
                target[k] += present;
                count += present;
            }
            if (histograms != null) {
                long[] surplusOf = worker.counts(4 * id + 3, steps);
                for (int k = 0; k < values.length; k++) {
                    if (histograms.isPresent(k)) {
                        long weight = histograms.weight(k);
                        surplusOf[k] += weight - 1;
                        target[k] += weight;
                        count += weight;
                    }
                }
            }
            count(series, count);
        }

        private void count(int series, long count) {
            outputOf[series] = count;
            check(heldHere.addAndGet(count));
            if (heldByConsumer != null) {
                check(heldByConsumer.addAndGet(count));
            }
        }

        /// Counts what the windows of one series hold, and what each is the first to hold.
        ///
        /// @param results what the function made of them; null if there is none
        void windows(int series, Windows w, @Nullable Column results, Worker worker) {
            int length = w.staircase == w.steps && w.histograms == null ? w.to[0] - w.from[0] : 0;
            if (length > 0 && results != null && results.isFull()) {
                worker.countAll(4 * id + 1, steps, length);
                worker.countAll(4 * id + 2, steps, 1);
                worker.counts(4 * id + 2, steps)[0] += length - 1;
                windowOf[series] = length + w.steps;
                check(windowOf[series]);
                return;
            }
            long[] lookedAt = worker.counts(4 * id + 1, steps);
            long[] readFirst = worker.counts(4 * id + 2, steps);
            long[] before = w.histograms == null ? NO_WEIGHTS : weightsBefore(w.histograms, w.size, worker.scratch);
            long max = 0;
            int seen = 0;
            long made = 0;
            for (int k = 0; k < w.steps; k++) {
                int from = w.from[k];
                int to = w.to[k];
                long held = weight(before, from, to);
                lookedAt[k] += held;
                readFirst[k] += weight(before, Math.max(from, seen), to);
                seen = Math.max(seen, to);
                made += results != null && results.isPresent(k) ? 1 : 0;
                max = Math.max(max, held + made);
            }
            windowOf[series] = max;
            check(max);
        }

        /// Counts the window of a series, counted before, as part of what the node holds.
        void keepWindow(int series) {
            check(heldHere.addAndGet(windowOf[series]));
        }

        /// The weight of all samples before each, and of all.
        private static long[] weightsBefore(HistogramColumn histograms, int size, Scratch scratch) {
            long[] before = scratch.longs(size + 1);
            before[0] = 0;
            for (int i = 0; i < size; i++) {
                before[i + 1] = before[i] + (histograms.isPresent(i) ? histograms.weight(i) : 1);
            }
            return before;
        }

        private static long weight(long[] before, int from, int to) {
            if (from >= to) {
                return 0;
            }
            return before.length == 0 ? to - from : before[to] - before[from];
        }
    }

    /// Adds up what the worker counted.
    void collect(Worker worker) {
        for (Counter counter : counters.values()) {
            worker.addCounts(4 * counter.id, counter.points);
            worker.addCounts(4 * counter.id + 1, counter.looked);
            worker.addCounts(4 * counter.id + 2, counter.read);
            worker.addCounts(4 * counter.id + 3, counter.surplus);
        }
    }
}
