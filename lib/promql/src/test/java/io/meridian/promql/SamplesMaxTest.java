package io.meridian.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--query.max-samples`: the samples that Prometheus would hold at once.
class SamplesMaxTest {
    private static final int SERIES = 200;
    private static final int STEPS = 20;
    private static final long STEP_MS = 30_000;

    /// Counts how many series are read.
    private record CountingSource(DecodedSource all, AtomicInteger reads) implements SeriesSource {
        @Override
        public String name() {
            return all.name();
        }

        @Override
        public List<Coverage> coverage() {
            return all.coverage();
        }

        @Override
        public SeriesSet select(Selection selection, QueryContext context) {
            List<Series> counted = new ArrayList<>();
            try (SeriesSet set = all.select(selection, context)) {
                for (Series next = set.next(); next != null; next = set.next()) {
                    counted.add(new CountedSeries(next, reads));
                }
            }
            return SeriesSet.of(counted);
        }

        @Override
        public List<String> labelNames(Selection selection, QueryContext context) {
            return List.of();
        }

        @Override
        public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
            return List.of();
        }
    }

    private record CountedSeries(Series series, AtomicInteger reads) implements Series {
        @Override
        public Labels labels() {
            return series.labels();
        }

        @Override
        public void read(TimeRange range, SampleBuffer target) {
            reads.incrementAndGet();
            series.read(range, target);
        }

        @Override
        public long retainedBytes() {
            return series.retainedBytes();
        }
    }

    private static CountingSource source() {
        var all = new DecodedSource();
        for (String name : new String[] {"a", "b"}) {
            for (int i = 0; i < SERIES; i++) {
                SampleBuffer samples = all.samples(Labels.of("__name__", name, "g", "g" + i % 7, "i", "i" + i));
                for (int k = -20; k < STEPS; k++) {
                    if ((i + k) % 9 != 0) {
                        samples.append(1_000_000 + k * STEP_MS, i + k);
                    }
                }
            }
        }
        return new CountingSource(all, new AtomicInteger());
    }

    private static QueryResult query(String text, long samplesMax, SeriesSource source) {
        var options = new EngineOptions(Set.of(), EngineOptions.LOOKBACK_MS_DEFAULT, 60_000, samplesMax, 1);
        try (var engine = new Engine(options)) {
            var request = QueryRequest.range(text, 1_000_000, 1_000_000 + (STEPS - 1) * STEP_MS, STEP_MS);
            return engine.query(request, source, QueryContext.unlimited());
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "a",
                "-a",
                "a + on (g, i) b",
                "a + on (i) group_left () b * on (i) a",
                "a or b",
                "abs(a) + ignoring (g) b",
                "sum by (g) (a) / sum by (g) (rate(b[2m]))",
                "topk(2, a) and on (i) b",
                "max_over_time(sum by (g) (a)[5m:1m])",
                "avg_over_time(a[5m]) > 3",
                "count_values(\"v\", a)",
                "sort(label_replace(a, \"x\", \"$1\", \"i\", \"(.*)\") + 1)",
                "scalar(a) + vector(1) + on () group_right () b",
                "histogram_quantile(0.5, a)",
                "absent(a)",
                "quantile(0.9, a @ end())",
            })
    void query_limitAtThePeakOrOneBelow_answersOrFails(String text) {
        QueryResult result = query(text, Long.MAX_VALUE, source());
        long peak = result.stats().peakSamples();
        assertThat(query(text, peak, source()).series()).hasSameSizeAs(result.series());
        assertThatThrownBy(() -> query(text, peak - 1, source()))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("too many samples");
    }

    @Test
    void query_operandsTogetherAboveTheLimit_endsBeforeAllIsRead() {
        String text = "a + on (g, i) b";
        var whole = source();
        long peak = query(text, Long.MAX_VALUE, whole).stats().peakSamples();
        var cut = source();
        assertThatThrownBy(() -> query(text, peak / 2, cut)).isInstanceOf(QueryException.class);
        assertThat(cut.reads.get()).isLessThan(whole.reads.get() * 3 / 4);
    }

    @Test
    void query_rangeVectorAboveTheLimit_endsBeforeAllIsRead() {
        var options = new EngineOptions(Set.of(), EngineOptions.LOOKBACK_MS_DEFAULT, 60_000, 500, 1);
        var source = source();
        var request = QueryRequest.instant("a[5m]", 1_000_000);
        try (var engine = new Engine(options)) {
            assertThatThrownBy(() -> engine.query(request, source, QueryContext.unlimited()))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("too many samples");
        }
        assertThat(source.reads.get()).isLessThan(SERIES / 2);
    }
}
