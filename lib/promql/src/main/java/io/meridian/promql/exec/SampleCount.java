package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.HistogramColumn;
import io.meridian.model.QueryException;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.RangeFunction;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Counts samples as Prometheus counts them, apart from the memory that is really held: the points of every node's
/// result, and what windows look at, both by step.
public final class SampleCount {
    private static final long[] NO_WEIGHTS = {};

    /// Of a counter by step, and of the windows by step that go with it.
    private static final long COUNTER_BYTES = 5 * 8 + 8;

    private final long samplesMax;
    private final IdentityHashMap<Plan, Counter> counters = new IdentityHashMap<>();
    private final HeldTogether held;
    private final AtomicLong skipped = new AtomicLong();
    private final boolean countsAll;
    private LongConsumer reserve = bytes -> {};

    /// @param plan       of the query
    /// @param samplesMax most samples that it may hold at once
    /// @param countsAll  whether samples are read only to be counted
    public SampleCount(Plan plan, long samplesMax, boolean countsAll) {
        this.countsAll = countsAll;
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
            known = new Counter(counters.size(), steps, held.of(plan), held.ofConsumer(plan), isHeld(plan));
            counters.put(plan, known);
        }
        return known;
    }

    @Nullable
    Counter find(Plan plan) {
        return counters.get(plan);
    }

    /// Whether the points of a node count as held. Of smoothed selectors the windows do, and of absent_over_time() what
    /// is there.
    private static boolean isHeld(Plan plan) {
        return !leavesWindows(plan)
                && !(plan instanceof Plan.OverRange over && over.function() == RangeFunction.ABSENT_OVER_TIME);
    }

    /// Whether a node's windows stay held instead of its points.
    static boolean leavesWindows(Plan plan) {
        return plan instanceof Plan.Select select
                && select.facet() == Plan.Facet.SAMPLE
                && select.selector().extension() == Extension.SMOOTHED;
    }

    QueryException tooMany() {
        return new QueryException(
                Fault.LIMIT_EXCEEDED, "query processing would load too many samples into memory in query execution");
    }

    /// Whether some points may stay uncounted because nobody else needs them: not if they would fill half of the limit.
    boolean skip(long points) {
        return !countsAll && skipped.get() + points <= samplesMax / 2 && skipped.addAndGet(points) > 0;
    }

    /// Whether a query would exceed its limit by what was skipped, so that it has to be counted in full.
    public boolean isUncertain(long peak) {
        return peak + skipped.get() > samplesMax;
    }

    void check(long peak) {
        if (peak > samplesMax) {
            throw tooMany();
        }
    }

    /// A stream that counts what it makes.
    VectorStream counted(Plan plan, VectorStream stream, Worker worker) {
        Counter counter = counter(plan, stream.steps);
        if (stream instanceof Materialized all) {
            var column = worker.borrow(stream.steps);
            for (int i = 0; i < all.size(); i++) {
                all.fill(i, column, worker);
                counter.points(column, worker);
            }
            worker.giveBack(column);
            return all;
        }
        return new VectorStream(stream.grid, stream.labels(), stream.marks()) {
            @Override
            boolean raises() {
                return countsAll || stream.raises();
            }

            @Override
            boolean isFloat(int series) {
                return stream.isFloat(series);
            }

            @Override
            void fill(int series, Column target, Worker filler) {
                stream.fill(series, target, filler);
                counter.points(target, filler);
            }
        };
    }

    /// The counts of one node. Each worker has its own; they are added up when all is done.
    final class Counter {
        private final int id;
        private final int steps;
        private final AtomicLong heldHere;
        private final @Nullable AtomicLong heldByConsumer;
        private final boolean isHeld;
        private long[] windowOf = new long[0];
        private long[] leftOf = new long[0];
        final long[] points;
        /// By how much the points exceed their number, histograms counting by size.
        final long[] surplus;
        /// By how much more they count while they are the samples of a step.
        final long[] rounding;
        final long[] looked;
        final long[] read;

        /// @param heldHere       points of the node and its operands
        /// @param heldByConsumer points of the node's consumer and its operands, or null
        /// @param isHeld         whether its points count as held
        Counter(int id, int steps, AtomicLong heldHere, @Nullable AtomicLong heldByConsumer, boolean isHeld) {
            this.isHeld = isHeld;
            this.heldHere = heldHere;
            this.heldByConsumer = heldByConsumer;
            this.id = id;
            this.steps = steps;
            points = new long[steps];
            surplus = new long[steps];
            rounding = new long[steps];
            looked = new long[steps];
            read = new long[steps];
        }

        /// Makes room for the largest window of each series.
        void expectSeries(int count) {
            windowOf = new long[count];
            leftOf = new long[count];
        }

        /// The most of each series that was held at once, in their order.
        long[] windows() {
            return windowOf;
        }

        /// What of each series was held when the next one's turn came.
        long[] left() {
            return leftOf;
        }

        /// Counts a column of the node's result.
        void points(Column column, Worker worker) {
            double[] values = column.values;
            HistogramColumn histograms = column.histograms;
            if (histograms == null && column.isFull()) {
                worker.countAll(5 * id, steps, 1);
                count(values.length);
                return;
            }
            long[] target = worker.counts(5 * id, steps);
            long count = 0;
            for (int k = 0; k < values.length; k++) {
                int present = Column.isAbsent(values[k]) ? 0 : 1;
                target[k] += present;
                count += present;
            }
            if (histograms != null) {
                long[] surplusOf = worker.counts(5 * id + 3, steps);
                long[] roundingOf = worker.counts(5 * id + 4, steps);
                for (int k = 0; k < values.length; k++) {
                    if (histograms.isPresent(k)) {
                        long weight = histograms.weight(k);
                        surplusOf[k] += weight - 1;
                        roundingOf[k] += histograms.weightInStep(k) - weight;
                        target[k] += weight;
                        count += weight;
                    }
                }
            }
            count(count);
        }

        private void count(long count) {
            if (isHeld) {
                hold(count);
            }
        }

        private void hold(long count) {
            check(heldHere.addAndGet(count));
            if (heldByConsumer != null) {
                check(heldByConsumer.addAndGet(count));
            }
        }

        /// Counts what the windows of one series hold, and what each is the first to hold. When they are done, the
        /// results are held as well, the last window is given back, and the results stay.
        ///
        /// @param results what the function made of them
        void windows(int series, Windows w, Column results, Worker worker) {
            int length = w.staircase == w.steps && w.histograms == null ? w.to[0] - w.from[0] : 0;
            if (length > 0 && results.isFull()) {
                worker.countAll(5 * id + 1, steps, length);
                int fresh = Math.min(w.stride, length);
                worker.countAll(5 * id + 2, steps, fresh);
                worker.counts(5 * id + 2, steps)[0] += length - fresh;
                windowOf[series] = length + w.steps;
                leftOf[series] = w.steps;
                check(windowOf[series]);
                return;
            }
            look(series, w, worker);
            long made = weight(results);
            windowOf[series] = Math.max(windowOf[series], leftOf[series] + made);
            leftOf[series] = made;
            check(windowOf[series]);
        }

        /// The same for windows that are themselves the result; all of the last one stays.
        void windows(int series, Windows w, Worker worker) {
            look(series, w, worker);
            hold(leftOf[series]);
        }

        /// The same for windows that Prometheus does not count as looked at, but forgets to give back.
        void windowsLeft(int series, Windows w, Worker worker) {
            weigh(series, w, worker, new long[steps], new long[steps]);
            hold(leftOf[series]);
        }

        private void look(int series, Windows w, Worker worker) {
            weigh(series, w, worker, worker.counts(5 * id + 1, steps), worker.counts(5 * id + 2, steps));
        }

        private void weigh(int series, Windows w, Worker worker, long[] lookedAt, long[] readFirst) {
            long[] before = w.histograms == null ? NO_WEIGHTS : weightsBefore(w.histograms, w.size, worker.scratch);
            long max = 0;
            long last = 0;
            int seen = 0;
            for (int k = 0; k < w.steps; k++) {
                int from = w.from[k];
                int to = w.to[k];
                last = weight(before, from, to);
                lookedAt[k] += last;
                readFirst[k] += weight(before, Math.max(from, seen), to);
                seen = Math.max(seen, to);
                max = Math.max(max, last);
            }
            windowOf[series] = max;
            leftOf[series] = last;
            check(max);
        }

        private static long weight(Column column) {
            long weight = 0;
            HistogramColumn histograms = column.histograms;
            for (int k = 0; k < column.values.length; k++) {
                if (histograms != null && histograms.isPresent(k)) {
                    weight += histograms.weight(k);
                } else if (!Column.isAbsent(column.values[k])) {
                    weight++;
                }
            }
            return weight;
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
            worker.addCounts(5 * counter.id, counter.points);
            worker.addCounts(5 * counter.id + 1, counter.looked);
            worker.addCounts(5 * counter.id + 2, counter.read);
            worker.addCounts(5 * counter.id + 3, counter.surplus);
            worker.addCounts(5 * counter.id + 4, counter.rounding);
        }
    }
}
