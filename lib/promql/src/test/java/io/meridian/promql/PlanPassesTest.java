package io.meridian.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.promql.explain.Estimator;
import io.meridian.promql.explain.Explanation;
import io.meridian.promql.explain.Operation;
import io.meridian.promql.fuzz.RandomQueries;
import io.meridian.promql.fuzz.RandomSeries;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.promql.script.MemorySource;
import io.meridian.testkit.Sampled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What passes do to plans shows in EXPLAIN, and nowhere in answers: bits, annotations, errors and statistics are those
/// of the plan without them.
@Sampled
class PlanPassesTest {
    private static final int SEEDS = Sampled.ALL ? 20 : 1;
    private static final int QUERIES = 60;

    private static String explained(String query) {
        try (var engine = new Engine(
                EngineOptions.DEFAULT.withThreads(1).withFeatures(Set.of(Feature.PROMQL_EXPERIMENTAL_FUNCTIONS)))) {
            var request = QueryRequest.range(query, 600_000, 1_200_000, 60_000);
            return new Explanation(
                            Operation.of(engine.plan(request, Parser.parse(query, engine.parserOptions()))),
                            Estimator.NONE,
                            null)
                    .toText();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "1 + 2 * 3 | constant 7.0 folded",
                "-pi() | constant -3.141592653589793 folded",
                "2 > bool 1 | constant 1.0 folded",
                "1 / 0 | constant Infinity folded",
                "2 ^ -1 | constant 0.5 folded",
                "7 % -4 | constant 3.0 folded",
                "max_of(3, end() - start()) | constant 600.0 folded",
                "scalar(vector(5m)) + 1 | constant 301.0 folded",
                "x * (60 * 60) | constant 3600.0 folded",
                "clamp(x, 1 - 2, 4) | constant -1.0 folded",
                "topk(1 + 1, x) | constant 2.0 folded",
                "vector(1 + 1) | constant 2.0 folded",
            })
    void explain_constants_areFolded(String query, String line) {
        assertThat(explained(query)).contains(line);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(value = {"time() + 1", "scalar(x) + 1", "scalar(x @ 5) * 2", "vector(time())", "1 </ 2"})
    void explain_scalarsOfStepsAndData_stay(String query) {
        assertThat(explained(query)).doesNotContain("folded");
    }

    @Test
    void explain_partners_areShown() {
        assertThat(explained("sum by (x) (rate(a_total{x=\"1\", y=\"2\"}[5m])) / sum by (x) (rate(b_total[5m]))"))
                .isEqualTo("""
                        / one-to-one
                          sum by (x)
                            rate
                              select {x="1", y="2", __name__="a_total"} window 300s from 300001 to 1200000
                          sum by (x)
                            rate
                              select {__name__="b_total"} partners {x="1"} window 300s from 300001 to 1200000
                        """);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a{x='1'} + b | {x=\"1\"}",
                "max by (x) (a{x=~'1.*'}) * on (x) group_left () count by (x) (b) | {x=~\"1.*\"}",
                "a and on (x) b{x='1'} | {x=\"1\"}",
                "a{x='1'} unless on (x) abs(b) | {x=\"1\"}",
                "avg_over_time(a{x!='1'}[5m]) - avg_over_time(b[5m]) | {x!=\"1\"}",
                "sum by (x) (a{x='1'}) > sum by (x) (b) * 2 | {x=\"1\"}",
            })
    void explain_matchersOnMatchedLabels_arePassedOn(String query, String partners) {
        assertThat(explained(query.replace('\'', '"'))).contains(" partners " + partners);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a{x='1'} or b",
                "a unless b{x='1'}",
                "a{x='1'} + on (y) b",
                "a{x='1'} + on (x) b",
                "a{x='1'} + ignoring (x) b",
                "sum without (x) (a{x='1'}) + sum without (x) (b)",
                "sum by (x) (a{x='1'}) + on (x) group_right () b",
                "rate(a_total{x='1'}[5m]) + rate(b[5m])",
                "a{x='1'} + quantile_over_time(2, b[5m])",
                "a{x='1'} + {y='1'}",
                "a{x='1'} + topk by (x) (1, b)",
                "a{x='1'} + (b >/ 1)",
                "a{x='1'} + absent_over_time(b[5m])",
                "label_replace(a{x='1'}, 'x', '2', 'y', '') + b",
                "a{x='1'} + fill (0) b",
            })
    void explain_whereItWouldShow_nothingIsPassedOn(String query) {
        var options = EngineOptions.DEFAULT.withThreads(1).withFeatures(EnumSet.allOf(Feature.class));
        try (var engine = new Engine(options)) {
            String text = query.replace('\'', '"');
            var plan = engine.plan(QueryRequest.instant(text, 600_000), Parser.parse(text, engine.parserOptions()));
            assertThat(new Explanation(Operation.of(plan), Estimator.NONE, null).toText())
                    .doesNotContain("partners");
        }
    }

    private static MemorySource partnered() {
        var loaded = new ArrayList<LoadedSeries>();
        for (String name : List.of("a_total", "b_total")) {
            for (int i = 0; i < 40; i++) {
                var samples = new ExactSamples();
                for (int k = 0; k < 60; k++) {
                    samples.append(0, k * 15_000L, k * (i + 0.1));
                }
                loaded.add(new LoadedSeries(Labels.of("__name__", name, "x", "" + i % 4, "y", "" + i / 4), samples));
            }
        }
        return new MemorySource(loaded);
    }

    @Test
    void query_seriesWithoutPartner_areNotReadUnlessCounted() {
        String text = "sum by (x) (rate(a_total{x=\"1\"}[5m])) / sum by (x) (rate(b_total[5m]))";
        var request = QueryRequest.range(text, 300_000, 800_000, 15_000);
        try (var engine = new Engine(EngineOptions.DEFAULT.withThreads(2));
                var plain = new Engine(EngineOptions.DEFAULT.withThreads(2), false)) {
            var all = plain.query(request, partnered(), QueryContext.unlimited());
            var counted = engine.query(request, partnered(), QueryContext.unlimited());
            var quick = engine.query(request.countingAll(false), partnered(), QueryContext.unlimited());
            assertThat(difference(counted, all, true)).isEmpty();
            assertThat(difference(quick, all, false)).isEmpty();
            assertThat(quick.stats().samplesRead()).isEqualTo(all.stats().samplesRead() * 2 / 5);
        }
    }

    @Test
    void query_seriesWithoutPartnerWouldExceedTheLimit_failsAllTheSame() {
        String text = "sum by (x) (rate(a_total{x=\"1\"}[5m])) / sum by (x) (rate(b_total[5m]))";
        var request = QueryRequest.range(text, 300_000, 800_000, 15_000);
        long peak;
        try (var engine = new Engine(EngineOptions.DEFAULT.withThreads(1))) {
            peak = engine.query(request, partnered(), QueryContext.unlimited())
                    .stats()
                    .peakSamples();
        }
        for (long limit : new long[] {peak - 1, peak, 2 * peak, 100 * peak}) {
            try (var engine = new Engine(EngineOptions.DEFAULT.withThreads(1).withSamplesMax(limit))) {
                String failure = "";
                try {
                    engine.query(request.countingAll(false), partnered(), QueryContext.unlimited());
                } catch (QueryException e) {
                    failure = String.valueOf(e.getMessage());
                }
                assertThat(failure.contains("too many samples")).isEqualTo(limit < peak);
            }
        }
    }

    @Test
    void query_randomQueries_areAnsweredAsWithoutPasses() {
        List<String> differences = new ArrayList<>();
        var options = EngineOptions.DEFAULT.withThreads(1).withFeatures(Set.of(Feature.PROMQL_EXPERIMENTAL_FUNCTIONS));
        try (var engine = new Engine(options);
                var plain = new Engine(options, false)) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                var source = new MemorySource(RandomSeries.of(seed));
                var queries = new RandomQueries(seed);
                var random = new Random(seed);
                for (int i = 0; i < QUERIES; i++) {
                    compare(queries.next(), engine, plain, source, differences);
                    compare(matched(random), engine, plain, source, differences);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    /// A binary operator whose left side has matchers that may be passed on.
    private static String matched(Random random) {
        String operator = pick(random, "+", "/", "==", "> bool", "and", "unless", "or");
        boolean set = operator.equals("and") || operator.equals("unless") || operator.equals("or");
        String matching = pick(
                random, "", "on (job)", "on (job, instance)", "on (instance)", "ignoring (instance)", "ignoring (le)");
        String group = set || matching.isEmpty() ? "" : pick(random, "", "", " group_left ()", " group_right ()");
        String matchers =
                pick(random, "job=\"api\"", "instance=~\"a|b\"", "job!=\"db\", instance=\"a\"", "job=\"none\"");
        String left = side(random, matchers);
        String right = side(random, random.nextInt(3) == 0 ? "instance!=\"c\"" : "");
        return left + " " + operator + " " + matching + group + " " + right;
    }

    private static String side(Random random, String matchers) {
        String name = pick(
                random,
                "requests_total",
                "errors_total",
                "temperature",
                "duration_seconds_count",
                "sparse",
                "mixed",
                "latency");
        String selector = name + "{" + matchers + "}";
        String inner = pick(
                        random,
                        "%s",
                        "abs(%s)",
                        "%s * 2",
                        "rate(%s[5m])",
                        "avg_over_time(%s[2m])",
                        "last_over_time(%s[90s])",
                        "max_over_time(%s[90s])")
                .formatted(selector);
        return pick(
                        random,
                        "%s",
                        "sum by (job) (%s)",
                        "avg by (job, instance) (%s)",
                        "max by (instance) (%s)",
                        "count by (job) (%s)",
                        "sum(%s)",
                        "sum without (instance) (%s)")
                .formatted(inner);
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static void compare(
            String text, Engine engine, Engine plain, MemorySource source, List<String> differences) {
        long start = RandomSeries.START_MS + 600_000 + text.hashCode() % 500_000L;
        for (QueryRequest request :
                List.of(QueryRequest.instant(text, start), QueryRequest.range(text, start, start + 450_000, 90_000))) {
            Answer all = answer(plain, request, source);
            String difference = difference(answer(engine, request, source), all, true)
                    + difference(answer(engine, request.countingAll(false), source), all, false);
            if (!difference.isEmpty()) {
                differences.add(text + ": " + difference);
            }
        }
    }

    /// A result, or the text of a failure.
    private record Answer(@Nullable QueryResult result, String failure) {}

    private static Answer answer(Engine engine, QueryRequest request, MemorySource source) {
        try {
            return new Answer(engine.query(request, source, QueryContext.unlimited()), "");
        } catch (QueryException e) {
            return new Answer(null, e.fault() + " " + e.getMessage());
        }
    }

    private static String difference(Answer actual, Answer expected, boolean counted) {
        QueryResult a = actual.result();
        QueryResult b = expected.result();
        if (a == null || b == null) {
            return actual.failure().equals(expected.failure())
                    ? ""
                    : "failure <" + actual.failure() + "> instead of <" + expected.failure() + ">";
        }
        return difference(a, b, counted);
    }

    private static String difference(QueryResult actual, QueryResult expected, boolean counted) {
        String a = text(actual, counted);
        String b = text(expected, counted);
        return a.equals(b) ? "" : a + "\n   instead of " + b;
    }

    /// Every NaN as one: the sign of a computed one depends on which compiler made the code that computes it.
    private static String text(QueryResult result, boolean counted) {
        var out = new StringBuilder().append(result.type()).append(result.text());
        out.append(Double.doubleToLongBits(result.scalar()));
        for (ResultSeries series : result.series()) {
            out.append('\n').append(series.labels());
            for (int k = 0; k < series.times().length; k++) {
                if (series.hasHistogram(k)) {
                    out.append(' ').append(series.times()[k]).append('=').append(series.histogram(k));
                } else if (series.hasFloat(k)) {
                    out.append(' ').append(series.times()[k]).append('=');
                    out.append(Double.doubleToLongBits(series.values()[k]));
                }
            }
        }
        out.append('\n').append(result.warnings()).append(result.infos());
        if (counted) {
            QueryStats stats = result.stats();
            out.append(stats.peakSamples());
            out.append(Arrays.toString(stats.totalQueryableSamplesPerStep()));
            out.append(Arrays.toString(stats.samplesReadPerStep()));
        }
        return out.toString();
    }
}
