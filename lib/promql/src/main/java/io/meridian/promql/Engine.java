package io.meridian.promql;

import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SeriesSource;
import io.meridian.promql.exec.Annotations;
import io.meridian.promql.exec.Evaluation;
import io.meridian.promql.exec.Execution;
import io.meridian.promql.exec.FloatArithmetic;
import io.meridian.promql.exec.Profile;
import io.meridian.promql.exec.SampleCount;
import io.meridian.promql.exec.TextPositions;
import io.meridian.promql.exec.WorkerPool;
import io.meridian.promql.explain.Estimator;
import io.meridian.promql.explain.Explanation;
import io.meridian.promql.explain.Operation;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.ValueType;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.parse.ParserOptions;
import io.meridian.promql.plan.ConstantFolding;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.MatcherPropagation;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Planner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers PromQL queries from a source of series. Safe for use by many threads; queries share its worker threads, and
/// the thread that asks works along.
public final class Engine implements AutoCloseable {
    private final EngineOptions options;
    private final boolean optimizes;
    private final ParserOptions parserOptions;
    private final WorkerPool pool;

    public Engine(EngineOptions options) {
        this(options, true);
    }

    /// @param optimizes whether passes change the plan
    Engine(EngineOptions options, boolean optimizes) {
        this.options = options;
        this.optimizes = optimizes;
        parserOptions = new ParserOptions(
                options.has(Feature.PROMQL_EXPERIMENTAL_FUNCTIONS),
                options.has(Feature.PROMQL_EXTENDED_RANGE_SELECTORS),
                options.has(Feature.PROMQL_BINOP_FILL_MODIFIERS),
                true);
        pool = new WorkerPool(options.threads());
    }

    public EngineOptions options() {
        return options;
    }

    public ParserOptions parserOptions() {
        return parserOptions;
    }

    /// Parses, plans and evaluates.
    ///
    /// @throws QueryException with [Fault#BAD_QUERY] if the text is no query for these steps, [Fault#EVALUATION]
    ///     if it cannot be evaluated on the data, [Fault#LIMIT_EXCEEDED] if it needs more than it may,
    ///     [Fault#TIMED_OUT] or [Fault#CANCELLED]
    public QueryResult query(QueryRequest request, SeriesSource source, QueryContext context) {
        Expr expr = Parser.parse(request.text(), parserOptions);
        return query(request, expr, source, context);
    }

    /// Evaluates an expression that was parsed from the request's text.
    public QueryResult query(QueryRequest request, Expr expr, SeriesSource source, QueryContext context) {
        return run(request, plan(request, expr), source, context, null);
    }

    private QueryResult run(
            QueryRequest request, Plan plan, SeriesSource source, QueryContext context, @Nullable Profile profile) {
        context.check();
        var samples = new SampleCount(plan, options.samplesMax(), request.countsAll());
        try (var execution = new Execution(source, context, options, pool, samples, profile)) {
            QueryResult result = evaluate(request, plan, execution);
            if (request.countsAll() || !samples.isUncertain(result.stats().peakSamples())) {
                return result;
            }
        }
        return run(request.countingAll(true), plan, source, context, profile);
    }

    /// Runs the task on the thread that asks and on those that queries use, so many in all at most, and returns when
    /// all of them are done with it. The others should not wait for anything.
    public void run(int threadsMax, Runnable task) {
        pool.run(threadsMax, task);
    }

    /// What would be done for a query, with what its selectors would read.
    ///
    /// @throws QueryException as [#query(QueryRequest, SeriesSource, QueryContext)] does before it reads
    public Explanation explain(QueryRequest request, Estimator estimator) {
        Plan plan = plan(request, Parser.parse(request.text(), parserOptions));
        return new Explanation(Operation.of(plan), estimator, null);
    }

    /// An answer, and what was done for it.
    public record Analysis(QueryResult result, Explanation explanation) {}

    /// Answers a query and explains what was done for it.
    ///
    /// @throws QueryException as [#query(QueryRequest, SeriesSource, QueryContext)]
    public Analysis analyze(QueryRequest request, SeriesSource source, QueryContext context, Estimator estimator) {
        Plan plan = plan(request, Parser.parse(request.text(), parserOptions));
        var profile = new Profile();
        QueryResult result = run(request, plan, source, context, profile);
        return new Analysis(result, new Explanation(Operation.of(plan), estimator, profile));
    }

    /// What would be done for a query.
    public Plan plan(QueryRequest request, Expr expr) {
        ValueType type = expr.type();
        if (!request.instant() && (type == ValueType.MATRIX || type == ValueType.STRING)) {
            throw new QueryException(
                    Fault.BAD_QUERY,
                    "invalid expression type \"" + type.text()
                            + "\" for range query, must be Scalar or instant Vector");
        }
        Plan plan = Planner.plan(
                expr,
                new Planner.Settings(
                        grid(request),
                        request.instant(),
                        request.lookbackMs() > 0 ? request.lookbackMs() : options.lookbackMs(),
                        options.defaultSubqueryStepMs(),
                        request.hints()));
        if (!optimizes) {
            return plan;
        }
        boolean silentRates = !options.has(Feature.TYPE_AND_UNIT_LABELS) && !options.has(Feature.USE_START_TIMESTAMPS);
        return MatcherPropagation.propagate(ConstantFolding.fold(plan, FloatArithmetic.INSTANCE), silentRates);
    }

    private static Grid grid(QueryRequest request) {
        return request.instant()
                ? Grid.at(request.startMs())
                : new Grid(request.startMs(), request.endMs(), request.stepMs());
    }

    private QueryResult evaluate(QueryRequest request, Plan plan, Execution execution) {
        Grid grid = grid(request);
        var evaluation = new Evaluation(execution);
        double scalar = 0;
        String text = "";
        List<ResultSeries> series = List.of();
        ValueType type;
        switch (plan) {
            case Plan.Text string -> {
                type = ValueType.STRING;
                text = string.value();
            }
            case Plan.ScalarPlan scalarPlan -> {
                double[] values = evaluation.scalar(scalarPlan, grid);
                if (request.instant()) {
                    type = ValueType.SCALAR;
                    scalar = values[0];
                } else {
                    type = ValueType.MATRIX;
                    series = List.of(scalarSeries(grid, values));
                }
            }
            case Plan.VectorPlan vectorPlan -> {
                type = request.instant() ? ValueType.VECTOR : ValueType.MATRIX;
                series = evaluation.vector(vectorPlan, grid, !request.instant());
            }
            case Plan.RangePlan rangePlan -> {
                type = ValueType.MATRIX;
                series = evaluation.range(rangePlan, grid);
            }
        }
        Annotations annotations = execution.annotations();
        var positions = new TextPositions(request.text());
        return new QueryResult(
                type,
                request.startMs(),
                scalar,
                text,
                series,
                annotations.warnings(positions),
                annotations.infos(positions),
                execution.stats(plan, grid));
    }

    private static ResultSeries scalarSeries(Grid grid, double[] values) {
        long[] times = new long[values.length];
        for (int k = 0; k < times.length; k++) {
            times[k] = grid.timeMs(k);
        }
        return new ResultSeries(Labels.empty(), times, values, null);
    }

    @Override
    public void close() {
        pool.close();
    }
}
