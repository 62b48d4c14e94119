package io.meridian.promql.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.promql.script.MemorySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final String QUERY = "sum by (job) (rate(x[5m] offset 1m)) / on (job) max by (job) (x) > bool 0.5";

    private final Engine engine = new Engine(EngineOptions.DEFAULT.withThreads(1));

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    private static MemorySource source() {
        var loaded = new ArrayList<LoadedSeries>();
        for (String job : List.of("a", "b")) {
            var samples = new ExactSamples();
            for (int i = 0; i < 300; i++) {
                samples.append(0, i * 30_000L, i);
            }
            loaded.add(new LoadedSeries(Labels.of("__name__", "x", "job", job), samples));
        }
        return new MemorySource(loaded);
    }

    @Test
    void explain_withoutData_isTheTreeWithTimes() {
        var request = QueryRequest.range(QUERY, 3_600_000, 7_200_000, 60_000);
        assertThat(engine.explain(request, Estimator.NONE).toText()).isEqualTo("""
                > bool vector and scalar
                  / one-to-one on (job)
                    sum by (job)
                      rate
                        select {__name__="x"} window 300s offset 60s from 3240001 to 7140000
                    max by (job)
                      select {__name__="x"} sample from 3300001 to 7200000
                  constant 0.5
                """);
    }

    @Test
    void explain_withData_estimatesSeries() {
        var request = QueryRequest.instant("count(x{job=\"a\"})", 3_600_000);
        String text = engine.explain(request, Estimator.of(source(), QueryContext.unlimited()))
                .toText();
        assertThat(text).contains("[estimated: 1 series]");
    }

    @Test
    void analyze_givesTheAnswerAndWhatWasRead() {
        var request = QueryRequest.range("sum(rate(x[5m])) + count(x{job=\"a\"})", 3_600_000, 7_200_000, 60_000);
        var analysis = engine.analyze(request, source(), QueryContext.unlimited(), Estimator.NONE);
        assertThat(analysis.result().series()).hasSize(1);
        assertThat(analysis.explanation().toText())
                .contains("[1 series, ")
                .contains("[read: 2 series, ")
                .contains("[read: 1 series, ")
                .containsPattern("rate  \\[2 series, [0-9.]+ ms, own [0-9.]+ ms]");
        Map<?, ?> sum = (Map<?, ?>) inputs(analysis.explanation().toJson()).getFirst();
        Map<?, ?> rate = (Map<?, ?>) inputs(sum).getFirst();
        Map<?, ?> select = (Map<?, ?>) inputs(rate).getFirst();
        Map<?, ?> selector = (Map<?, ?>) select.get("selector");
        assertThat(rate.get("operator")).isEqualTo("rate");
        assertThat(selector.get("series")).isEqualTo(2L);
        assertThat((Long) selector.get("samples")).isGreaterThanOrEqualTo(2 * 130L);
        assertThat((Long) selector.get("chunks")).isPositive();
    }

    private static List<?> inputs(Map<?, ?> node) {
        return (List<?>) node.get("inputs");
    }

    @Test
    void analyze_sameSelectorTwice_isReadOnce() {
        var request = QueryRequest.instant("sum(x) + max(x)", 3_600_000);
        var analysis = engine.analyze(request, source(), QueryContext.unlimited(), Estimator.NONE);
        assertThat(analysis.explanation().toText())
                .containsOnlyOnce("[read: 2 series")
                .containsOnlyOnce("[read: shared with another selector");
    }
}
