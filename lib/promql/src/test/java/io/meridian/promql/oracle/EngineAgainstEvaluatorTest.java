package io.meridian.promql.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;
import io.meridian.promql.ResultSeries;
import io.meridian.promql.fuzz.RandomQueries;
import io.meridian.promql.fuzz.RandomSeries;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.ValueType;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.script.MemorySource;
import io.meridian.testkit.Sampled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The engine's answers to random queries are those of the slow evaluator. `-Dmeridian.seed` repeats one seed
/// (up to `-Dmeridian.last`), the long run (`-Dmeridian.full=true`) takes many.
@Sampled
class EngineAgainstEvaluatorTest {
    private static final int QUERIES = Integer.getInteger("meridian.queries", 150);
    private static final int SEEDS = Sampled.ALL ? 25 : 2;
    private static final double RELATIVE = 1e-12;

    private final List<String> problems = new ArrayList<>();
    private int decided;
    private int answered;

    @Test
    void query_randomQueries_answersOfTheSlowEvaluator() {
        compare(false, Set.of(Feature.PROMQL_EXPERIMENTAL_FUNCTIONS));
    }

    @Test
    void query_randomExtendedQueries_answersOfTheSlowEvaluator() {
        compare(
                true,
                Set.of(
                        Feature.PROMQL_EXPERIMENTAL_FUNCTIONS,
                        Feature.PROMQL_EXTENDED_RANGE_SELECTORS,
                        Feature.USE_START_TIMESTAMPS));
    }

    private void compare(boolean extended, Set<Feature> features) {
        long given = Long.getLong("meridian.seed", -1);
        long last = Long.getLong("meridian.last", given < 0 ? extended && !Sampled.ALL ? 1 : SEEDS : given);
        try (var engine =
                new Engine(EngineOptions.DEFAULT.withFeatures(features).withThreads(1))) {
            for (long seed = given < 0 ? 1 : given; seed <= last; seed++) {
                run(engine, seed, extended);
            }
        }
        System.out.printf("%d queries decided, %d with an answer, %d differ%n", decided, answered, problems.size());
        assertThat(problems).isEmpty();
        assertThat(answered).isGreaterThan(QUERIES / 3);
    }

    private void run(Engine engine, long seed, boolean extended) {
        var source = new MemorySource(extended ? RandomSeries.extended(seed) : RandomSeries.of(seed));
        List<Evaluator.Stored> data = stored(source);
        var queries = extended ? RandomQueries.extended(seed) : new RandomQueries(seed);
        for (int i = 0; i < QUERIES; i++) {
            String text = queries.next();
            long startMs = RandomSeries.START_MS + 600_000 + i * 7_919L % 2_400_000;
            var request = i % 2 == 0
                    ? QueryRequest.instant(text, startMs)
                    : QueryRequest.range(text, startMs, startMs + 450_000, 90_000);
            String problem;
            try {
                problem = difference(engine, source, data, request, extended);
            } catch (Undecided e) {
                continue;
            }
            decided++;
            if (problem != null) {
                problems.add("seed %d: %s [%d to %d]: %s"
                        .formatted(seed, text, request.startMs(), request.endMs(), problem));
            }
        }
    }

    private static List<Evaluator.Stored> stored(MemorySource source) {
        List<Evaluator.Stored> all = new ArrayList<>();
        try (var set = source.select(new Selection(List.of(), TimeRange.ALL), QueryContext.unlimited())) {
            for (Series series = set.next(); series != null; series = set.next()) {
                var buffer = new SampleBuffer();
                series.read(TimeRange.ALL, buffer);
                List<Point> points = new ArrayList<>();
                HistogramColumn histograms = buffer.histograms();
                for (int i = 0; i < buffer.size(); i++) {
                    FloatHistogram histogram = histograms == null ? null : histograms.get(i);
                    long[] starts = buffer.startTimes();
                    points.add(new Point(
                            starts == null ? 0 : starts[i], buffer.times()[i], buffer.values()[i], histogram));
                }
                all.add(new Evaluator.Stored(series.labels(), points));
            }
        }
        return all;
    }

    private @Nullable String difference(
            Engine engine,
            MemorySource source,
            List<Evaluator.Stored> data,
            QueryRequest request,
            boolean usesStartTimes) {
        Expr expr = Parser.parse(request.text(), engine.parserOptions());
        Map<Labels, Map<Long, Element>> expected = new HashMap<>();
        Refused refused = null;
        try {
            expected = expected(expr, data, request, usesStartTimes);
        } catch (Refused e) {
            refused = e;
        }
        QueryResult result;
        try {
            result = engine.query(request, expr, source, QueryContext.unlimited());
        } catch (QueryException e) {
            return refused == null ? "only the engine fails: " + e.getMessage() : null;
        }
        if (refused != null) {
            return "only the evaluator fails: " + refused.getMessage();
        }
        answered += expected.isEmpty() ? 0 : 1;
        return compare(expected, actual(result));
    }

    private static Map<Labels, Map<Long, Element>> expected(
            Expr expr, List<Evaluator.Stored> data, QueryRequest request, boolean usesStartTimes) {
        var steps = new Evaluator.Steps(request.startMs(), request.endMs(), request.stepMs());
        var evaluator = new Evaluator(data, steps, usesStartTimes);
        Map<Labels, Map<Long, Element>> expected = new HashMap<>();
        for (long timeMs = request.startMs(); timeMs <= request.endMs(); timeMs += request.stepMs()) {
            List<Element> elements = expr.type() == ValueType.SCALAR
                    ? List.of(Element.of(Labels.empty(), evaluator.scalar(expr, timeMs, steps)))
                    : evaluator.vector(expr, timeMs, steps);
            for (Element element : elements) {
                Map<Long, Element> points = expected.computeIfAbsent(element.labels(), key -> new HashMap<>());
                if (points.put(timeMs, element) != null) {
                    throw new Undecided("two results with the same labels");
                }
            }
        }
        return expected;
    }

    private static Map<Labels, Map<Long, Element>> actual(QueryResult result) {
        Map<Labels, Map<Long, Element>> actual = new HashMap<>();
        if (result.type() == ValueType.SCALAR) {
            Element scalar = Element.of(Labels.empty(), result.scalar());
            actual.put(Labels.empty(), Map.of(result.timeMs(), scalar));
        }
        for (ResultSeries series : result.series()) {
            Map<Long, Element> points = new HashMap<>();
            for (int i = 0; i < series.times().length; i++) {
                if (series.hasFloat(i) || series.hasHistogram(i)) {
                    points.put(
                            series.times()[i], new Element(series.labels(), series.values()[i], series.histogram(i)));
                }
            }
            actual.put(series.labels(), points);
        }
        return actual;
    }

    private static @Nullable String compare(
            Map<Labels, Map<Long, Element>> expected, Map<Labels, Map<Long, Element>> actual) {
        if (!expected.keySet().equals(actual.keySet())) {
            return "series: expected " + expected.keySet() + ", got " + actual.keySet();
        }
        for (Map.Entry<Labels, Map<Long, Element>> series : expected.entrySet()) {
            Map<Long, Element> points = actual.getOrDefault(series.getKey(), Map.of());
            if (!points.keySet().equals(series.getValue().keySet())) {
                return series.getKey() + " times: expected " + series.getValue().keySet() + ", got " + points.keySet();
            }
            for (Map.Entry<Long, Element> point : series.getValue().entrySet()) {
                Element got = points.get(point.getKey());
                if (got == null || !same(point.getValue(), got)) {
                    return series.getKey() + " at " + point.getKey() + ": expected " + point.getValue() + ", got "
                            + got;
                }
            }
        }
        return null;
    }

    private static boolean same(Element a, Element b) {
        FloatHistogram first = a.histogram();
        FloatHistogram second = b.histogram();
        if (first == null || second == null) {
            return first == null && second == null && close(a.value(), b.value());
        }
        return first.schema() == second.schema()
                && close(first.count(), second.count())
                && close(first.sum(), second.sum())
                && close(first.zeroCount(), second.zeroCount())
                && close(first.positiveBuckets(), second.positiveBuckets())
                && close(first.negativeBuckets(), second.negativeBuckets());
    }

    private static boolean close(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (!close(a[i], b[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean close(double a, double b) {
        return Double.isNaN(a) && Double.isNaN(b)
                || a == b
                || Math.abs(a - b) <= RELATIVE * Math.max(Math.abs(a), Math.abs(b));
    }
}
