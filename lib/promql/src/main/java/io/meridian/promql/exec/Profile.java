package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.SelectorPlan;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What the parts of a plan did: time by operator, and what was read by selector.
public final class Profile {
    /// Time of an operator with all that is below it, summed over threads, and the series it gave.
    ///
    /// @param nanos  of work
    /// @param series of its result
    public record Work(long nanos, long series) {}

    /// What a selector read. Selectors that ask for the same share what is read; the first of them has it.
    ///
    /// @param series  that matched
    /// @param chunks  of them, where the source gives chunks
    /// @param bytes   that they keep in memory
    /// @param samples that were decoded, each time they were
    /// @param nanos   until the source had given them all
    public record Reading(long series, long chunks, long bytes, long samples, long nanos) {}

    private static final class Counts {
        private final LongAdder nanos = new LongAdder();
        private final LongAdder series = new LongAdder();
        private final LongAdder chunks = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder samples = new LongAdder();
    }

    // Written by the thread that opens the plan; the counts in them by all.
    private final IdentityHashMap<Plan, Counts> work = new IdentityHashMap<>();
    private final IdentityHashMap<SelectorPlan, Counts> readings = new IdentityHashMap<>();

    /// What the operator did, or null if it was not carried out.
    public @Nullable Work work(Plan plan) {
        Counts counts = work.get(plan);
        return counts == null ? null : new Work(counts.nanos.sum(), counts.series.sum());
    }

    /// What the selector read, or null if another one read it before.
    public @Nullable Reading reading(SelectorPlan selector) {
        Counts counts = readings.get(selector);
        return counts == null
                ? null
                : new Reading(
                        counts.series.sum(),
                        counts.chunks.sum(),
                        counts.bytes.sum(),
                        counts.samples.sum(),
                        counts.nanos.sum());
    }

    VectorStream opened(Plan plan, VectorStream stream, long nanos) {
        Counts counts = work.computeIfAbsent(plan, key -> new Counts());
        counts.nanos.add(nanos);
        counts.series.add(stream.size());
        return stream instanceof Materialized ? stream : new Timed(stream, counts.nanos);
    }

    Series[] read(SelectorPlan selector, Series[] series, long nanos) {
        Counts counts = readings.computeIfAbsent(selector, key -> new Counts());
        counts.nanos.add(nanos);
        counts.series.add(series.length);
        Series[] measured = new Series[series.length];
        for (int i = 0; i < series.length; i++) {
            counts.bytes.add(series[i].retainedBytes());
            if (series[i] instanceof ChunkSeries chunks) {
                counts.chunks.add(chunks.chunks().size());
            }
            measured[i] = new Measured(series[i], counts.samples);
        }
        return measured;
    }

    record Measured(Series series, LongAdder samples) implements Series {
        @Override
        public Labels labels() {
            return series.labels();
        }

        @Override
        public void read(TimeRange range, SampleBuffer target) {
            int before = target.size();
            series.read(range, target);
            samples.add(target.size() - before);
        }

        @Override
        public long retainedBytes() {
            return series.retainedBytes();
        }
    }

    private static final class Timed extends VectorStream {
        private final VectorStream stream;
        private final LongAdder nanos;

        Timed(VectorStream stream, LongAdder nanos) {
            super(stream.grid, stream.labels(), stream.marks());
            this.stream = stream;
            this.nanos = nanos;
        }

        @Override
        boolean raises() {
            return stream.raises();
        }

        @Override
        boolean isFloat(int series) {
            return stream.isFloat(series);
        }

        @Override
        void fill(int series, Column target, Worker worker) {
            long start = System.nanoTime();
            stream.fill(series, target, worker);
            nanos.add(System.nanoTime() - start);
        }
    }
}
