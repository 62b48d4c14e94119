package io.meridian.querier.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.querier.fanout.StoredSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryViewTest {
    /// Two windows: counts 2 and 4, sums 10 and 40, a counter that was reset between them.
    private static final Chunk DOWNSAMPLED = new AggregateChunk(99, 199, 100, new @Nullable EncodedChunk[] {
        xor(99, 2, 199, 4),
        xor(99, 10, 199, 40),
        xor(99, 3, 199, 9),
        xor(99, 7, 199, 11),
        xor(20, 1, 99, 5, 199, 8, 199, 2)
    });

    @ParameterizedTest
    @CsvSource({
        "'', 5.0 10.0", "avg_over_time, 5.0 10.0", "sum, 5.0 10.0", "sum_over_time, 10.0 40.0",
        "count_over_time, 2.0 4.0", "min_over_time, 3.0 9.0", "max, 7.0 11.0", "rate, 1.0 5.0 8.0",
    })
    void read_downsampledChunk_aggregateOfTheFunction(String function, String values) {
        var series = new ChunkSeries(Labels.of("name", "x"), List.of(DOWNSAMPLED));

        assertThat(read(view(List.of(), series), function)).containsExactly("{name=\"x\"} " + values);
    }

    @Test
    void read_counterIntoRawChunk_goesOnFromTheLastRawValue() {
        var series = new ChunkSeries(Labels.of("name", "x"), List.of(DOWNSAMPLED, xor(250, 3, 300, 4)));

        assertThat(read(view(List.of(), series), "rate")).containsExactly("{name=\"x\"} 1.0 5.0 8.0 9.0 10.0");
    }

    @Test
    void read_oneReplicaWithOverlappingChunks_isTheirUnion() {
        var series = new ChunkSeries(Labels.of("name", "x", "replica", "a"), List.of(xor(1, 1, 9, 9), xor(5, 5, 6, 6)));

        assertThat(read(view(List.of("replica"), series), "")).containsExactly("{name=\"x\"} 1.0 5.0 6.0 9.0");
    }

    @Test
    void read_dropsReplicaLabel_sortsAnew() {
        var view = view(
                List.of("a"),
                new ChunkSeries(Labels.of("a", "1", "name", "z"), List.of(xor(1, 1))),
                new ChunkSeries(Labels.of("a", "2", "name", "x"), List.of(xor(1, 2))));

        assertThat(read(view, "")).containsExactly("{name=\"x\"} 2.0", "{name=\"z\"} 1.0");
    }

    @Test
    void plan_rangeFunction_resolutionAtMostHalfTheRange() {
        var planner = new ResolutionPlanner(300_000);
        var hints = new SelectHints("rate", 0, 300_000, List.of(), false, 0, Set.of(), false, 0);

        assertThat(planner.plan(hints).maxResolutionMs()).isEqualTo(150_000);
        assertThat(planner.plan(SelectHints.NONE).maxResolutionMs()).isEqualTo(300_000);
        assertThat(ResolutionPlanner.auto(3_600_000).maxSourceResolutionMs()).isEqualTo(720_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 300000", "300000, 0, 300000", "3600000, 0, 3600000", "0, 60000, 60000", "300000, 600000, 600000"
    })
    void lookback_growsWithResolution(long resolutionMs, long configuredMs, long expectedMs) {
        assertThat(new ResolutionPlanner(resolutionMs).lookbackMs(configuredMs)).isEqualTo(expectedMs);
    }

    private static QueryView view(List<String> replicaLabels, ChunkSeries... series) {
        return new QueryView(
                new StoredSource("test", List.of(series)),
                new ResolutionPlanner(0),
                replicaLabels,
                DeduplicationFunction.PENALTY);
    }

    private static List<String> read(QueryView view, String function) {
        var hints = new SelectHints(function, 0, 0, List.of(), false, 0, Set.of(), false, 0);
        var lines = new ArrayList<String>();
        try (SeriesSet set = view.select(new Selection(List.of(), TimeRange.ALL, hints), QueryContext.unlimited())) {
            for (Series series = set.next(); series != null; series = set.next()) {
                var samples = new SampleBuffer();
                series.read(TimeRange.ALL, samples);
                var line = new StringBuilder(series.labels().toString());
                for (int i = 0; i < samples.size(); i++) {
                    line.append(' ').append(samples.values()[i]);
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }

    /// @param timesAndValues in turn
    private static EncodedChunk xor(long... timesAndValues) {
        var encoder = new XorEncoder();
        for (int i = 0; i < timesAndValues.length; i += 2) {
            encoder.append(timesAndValues[i], (double) timesAndValues[i + 1]);
        }
        return new EncodedChunk(
                ChunkEncoding.XOR, timesAndValues[0], timesAndValues[timesAndValues.length - 2], encoder.toBytes());
    }
}
