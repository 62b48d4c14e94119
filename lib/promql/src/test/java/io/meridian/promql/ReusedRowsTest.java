package io.meridian.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Rows of an answer go to the next query when its context is closed, and not before.
class ReusedRowsTest {
    private static final int STEPS = 64;
    private static final long STEP_MS = 30_000;
    private static final int OPEN_AT_ONCE = 3;

    private static final String[] QUERIES = {
        "m",
        "-m",
        "sum by (g) (m)",
        "avg by (g) (m)",
        "m / on (i) group_left m",
        "label_replace(m, \"copy\", \"yes\", \"\", \"\") or m",
        "sort_desc(m) or rate(m[5m])",
        "topk(2, m)",
        "quantile by (g) (0.5, m)",
        "max_over_time(sum(m)[5m:30s])",
        "sum(m) or sum(m) + 1",
        "m unless m > 4",
        "scalar(sum(m)) * m",
    };

    private record Open(String query, QueryResult result, QueryContext context) {}

    private static DecodedSource source() {
        var random = new SplittableRandom(3);
        var all = new DecodedSource();
        for (int i = 0; i < 40; i++) {
            SampleBuffer samples = all.samples(Labels.of("__name__", "m", "g", "g" + i % 3, "i", "i" + i));
            for (int k = 0; k < STEPS; k++) {
                if (i < 10 || random.nextInt(6) != 0) {
                    samples.append(k * STEP_MS, random.nextInt(8));
                }
            }
        }
        return all;
    }

    private static QueryResult run(Engine engine, String query, DecodedSource source, QueryContext context) {
        return engine.query(QueryRequest.range(query, 0, (STEPS - 1) * STEP_MS, STEP_MS), source, context);
    }

    private static List<String> text(QueryResult result) {
        var lines = new ArrayList<String>();
        for (ResultSeries series : result.series()) {
            lines.add(series.labels() + " " + Arrays.toString(series.values()));
        }
        return lines;
    }

    @Test
    void query_whileOthersAreOpenOrClosed_sameAnswer() {
        var random = new SplittableRandom(5);
        DecodedSource source = source();
        var open = new ArrayDeque<Open>();
        var expected = new HashMap<String, List<String>>();
        for (String query : QUERIES) {
            try (var fresh = new Engine(EngineOptions.DEFAULT)) {
                expected.put(query, text(run(fresh, query, source, QueryContext.unlimited())));
            }
        }
        try (var engine = new Engine(EngineOptions.DEFAULT)) {
            for (int i = 0; i < 120; i++) {
                String query = QUERIES[random.nextInt(QUERIES.length)];
                var context = QueryContext.unlimited();
                open.add(new Open(query, run(engine, query, source, context), context));
                if (open.size() > OPEN_AT_ONCE) {
                    Open oldest = open.remove();
                    assertThat(text(oldest.result)).as(oldest.query).isEqualTo(expected.get(oldest.query));
                    oldest.context.close();
                }
            }
        }
    }
}
