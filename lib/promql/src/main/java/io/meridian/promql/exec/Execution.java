package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.model.QueryContext;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.promql.QueryStats;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.SelectorPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One query while it runs: its source, budget, threads, and what it has to tell besides numbers.
public final class Execution implements AutoCloseable {
    private final SeriesSource source;
    private final QueryContext context;
    private final EngineOptions options;
    private final SeriesLoop loop;
    private final Workers workers;
    private final Rows rows;

    /// Rows that results of nodes lie in.
    private final List<double[]> taken = new ArrayList<>();

    /// So many of the last of them may have become the query's result.
    private int rowsKept;

    private final Map<Selection, Series[]> selected = new HashMap<>();
    private final List<Annotations> annotations = new ArrayList<>();
    private final SampleCount samples;
    private final @Nullable Profile profile;
    private final AtomicLong reservedBytes = new AtomicLong();

    /// @param profile where to note what is done, or null
    public Execution(
            SeriesSource source,
            QueryContext context,
            EngineOptions options,
            WorkerPool pool,
            SampleCount samples,
            @Nullable Profile profile) {
        this.profile = profile;
        this.source = source;
        this.context = context;
        this.options = options;
        this.samples = samples;
        rows = pool.rows();
        workers = new Workers(context, this::reserve, pool.idleWorkers(), rows);
        samples.reserveWith(this::reserve);
        loop = new SeriesLoop(pool, context, workers);
    }

    @Nullable
    Profile profile() {
        return profile;
    }

    QueryContext context() {
        return context;
    }

    SeriesLoop loop() {
        return loop;
    }

    SampleCount samples() {
        return samples;
    }

    boolean has(Feature feature) {
        return options.has(feature);
    }

    boolean delaysNameRemoval() {
        return options.has(Feature.PROMQL_DELAYED_NAME_REMOVAL);
    }

    boolean usesStartTimes() {
        return options.has(Feature.USE_START_TIMESTAMPS);
    }

    Worker takeWorker() {
        return workers.take();
    }

    void giveBack(Worker worker) {
        workers.giveBack(worker);
    }

    /// Annotations of the next node in the order of evaluation.
    Annotations newAnnotations() {
        var created = new Annotations();
        annotations.add(created);
        return created;
    }

    /// What the plan's evaluation counted.
    ///
    /// @throws io.meridian.model.QueryException if more samples were held than may be
    public QueryStats stats(Plan plan, Grid grid) {
        workers.all().forEach(samples::collect);
        SampleTree.Node node = new SampleTree(samples).node(plan, grid);
        samples.check(node.peak());
        return new QueryStats(node.peak(), node.looked(), node.read());
    }

    /// All annotations so far.
    public Annotations annotations() {
        var all = new Annotations();
        annotations.forEach(all::addAll);
        return all;
    }

    /// Counts bytes until the query ends.
    void reserve(long bytes) {
        reservedBytes.addAndGet(bytes);
        context.reserve(bytes);
    }

    /// Leaves bytes of what was reserved to the result, which outlives the execution.
    void keep(long bytes) {
        reservedBytes.addAndGet(-bytes);
    }

    /// Bytes of a column that is held.
    static long columnBytes(int steps, @Nullable HistogramColumn histograms) {
        return 8L * steps + (histograms == null ? 0 : histograms.retainedBytes());
    }

    /// The series of a selector; selectors that ask for the same are read once.
    Series[] select(SelectorPlan selector) {
        Selection selection = selector.selection();
        Selection key = selection.hints().maxResolutionMs() == 0 ? selection.withHints(SelectHints.NONE) : selection;
        Series[] known = selected.get(key);
        if (known == null) {
            long startNanos = System.nanoTime();
            known = read(selection);
            if (profile != null) {
                known = profile.read(selector, known, System.nanoTime() - startNanos);
            }
            selected.put(key, known);
        }
        return known;
    }

    private Series[] read(Selection selection) {
        List<Series> series = new ArrayList<>();
        try (SeriesSet set = source.select(selection, context)) {
            for (Series next = set.next(); next != null; next = set.next()) {
                reserve(next.retainedBytes());
                series.add(next);
                context.check();
            }
        }
        return series.toArray(new Series[0]);
    }

    /// All columns of a stream, in its order.
    Materialized materialize(VectorStream stream) {
        if (stream instanceof Materialized already) {
            return already;
        }
        int steps = stream.steps;
        double[][] values = new double[stream.size()][];
        @Nullable HistogramColumn[] histograms = new @Nullable HistogramColumn[stream.size()];
        loop.each(stream.size(), steps, (series, worker) -> {
            Column column = worker.borrow(steps);
            stream.fill(series, column, worker);
            reserve(columnBytes(steps, column.histograms));
            histograms[series] = column.histograms == null ? null : column.histograms.copyOfRange(0, steps);
            values[series] = column.exchange(rows.take(steps));
            worker.giveBack(column);
        });
        Collections.addAll(taken, values);
        return new Materialized(stream.grid, stream.labels(), stream.marks(), values, histograms);
    }

    /// Whether a column that nobody wants need not be made, neither for what it raises nor to be counted.
    boolean maySkip(VectorStream stream, int series) {
        return !stream.raises() && stream.isFloat(series) && samples.skip(stream.steps);
    }

    /// Makes columns that nobody wants, for what they raise and count.
    void drain(VectorStream stream) {
        drain(stream, new boolean[stream.size()]);
    }

    /// Makes the columns that are not used, for what they raise and count.
    void drain(VectorStream stream, boolean[] used) {
        if (stream instanceof Materialized) {
            return;
        }
        loop.each(stream.size(), stream.steps, (series, worker) -> {
            if (!used[series] && !maySkip(stream, series)) {
                Column column = worker.borrow(stream.steps);
                stream.fill(series, column, worker);
                worker.giveBack(column);
            }
        });
    }

    /// Rows for the results of a node, of unknown content, until the query ends.
    double[][] rows(int count, int steps) {
        double[][] result = new double[count][];
        for (int i = 0; i < count; i++) {
            result[i] = rows.take(steps);
            taken.add(result[i]);
        }
        return result;
    }

    /// Rows for a node while it runs.
    Rows rows() {
        return rows;
    }

    /// The query has a result, whose rows are needed until the context is closed.
    ///
    /// @param newest so many of the rows taken last may be the result's
    void keepRows(int newest) {
        rowsKept = Math.min(newest, taken.size());
    }

    @Override
    public void close() {
        workers.close();
        int free = taken.size() - rowsKept;
        rows.giveBack(taken.subList(0, free));
        if (rowsKept > 0) {
            context.onClose(() -> rows.giveBack(taken.subList(free, taken.size())));
        }
        context.release(reservedBytes.get());
    }
}
