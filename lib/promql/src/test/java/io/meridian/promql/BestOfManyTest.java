package io.meridian.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// topk and bottomk over many steps keep the best so far; at one step they look at everything. Both choose the same.
class BestOfManyTest {
    private static final int STEPS = 40;
    private static final long STEP_MS = 30_000;

    private static DecodedSource source(long seed) {
        var random = new SplittableRandom(seed);
        var all = new DecodedSource();
        for (int i = 0; i < 120; i++) {
            SampleBuffer samples = all.samples(Labels.of("__name__", "m", "g", "g" + i % 3, "i", "i" + i));
            for (int k = 0; k < STEPS; k++) {
                double value = switch (random.nextInt(12)) {
                    case 0 -> Double.NaN;
                    case 1 -> Double.POSITIVE_INFINITY;
                    case 2 -> -0.0;
                    default -> random.nextInt(8);
                };
                if (random.nextInt(6) != 0) {
                    samples.append(k * STEP_MS, value);
                }
            }
        }
        return all;
    }

    private static void collect(QueryResult result, TreeSet<String> points) {
        for (ResultSeries series : result.series()) {
            for (int k = 0; k < series.times().length; k++) {
                if (series.hasFloat(k)) {
                    points.add(series.times()[k] + " " + series.labels() + " " + series.values()[k]);
                }
            }
        }
    }

    @Test
    void topk_overManySteps_choosesAsEachStepAlone() {
        String[] queries = {
            "topk(2, m)",
            "bottomk(3, m)",
            "topk by (g) (1, m)",
            "bottomk without (i) (2, m)",
            "topk(time() % 90 / 30, m)",
            "topk(0, m)"
        };
        try (var engine = new Engine(EngineOptions.DEFAULT)) {
            for (int seed = 0; seed < 5; seed++) {
                var source = source(seed);
                for (String query : queries) {
                    var together = new TreeSet<String>();
                    var request = QueryRequest.range(query, 0, (STEPS - 1) * STEP_MS, STEP_MS)
                            .withLookbackMs(STEP_MS);
                    collect(engine.query(request, source, QueryContext.unlimited()), together);
                    var alone = new TreeSet<String>();
                    for (int k = 0; k < STEPS; k++) {
                        var instant = QueryRequest.instant(query, k * STEP_MS).withLookbackMs(STEP_MS);
                        collect(engine.query(instant, source, QueryContext.unlimited()), alone);
                    }
                    assertThat(together).as("seed %d, %s", seed, query).isEqualTo(alone);
                }
            }
        }
    }
}
