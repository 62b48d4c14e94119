package io.meridian.querier.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.querier.fanout.StoredSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A chunk whose checksum fits and that no decoder understands.
class GuardedSeriesTest {
    private static final Selection ALL = new Selection(List.of(), new TimeRange(0, 1_000_000), SelectHints.NONE);

    private static Chunk chunk(long fromMs) {
        var encoder = new XorEncoder();
        for (int i = 0; i < 10; i++) {
            encoder.append(fromMs + i * 1000, i);
        }
        return new EncodedChunk(ChunkEncoding.XOR, fromMs, fromMs + 9000, encoder.toBytes());
    }

    private static Chunk broken(long fromMs) {
        byte[] bytes = ((EncodedChunk) chunk(fromMs)).copyBytes();
        Arrays.fill(bytes, 14, bytes.length, (byte) 0xFF);
        return new EncodedChunk(ChunkEncoding.XOR, fromMs, fromMs + 9000, bytes);
    }

    private static QueryView view(List<String> replicaLabels) {
        var series = new ArrayList<ChunkSeries>();
        for (String replica : List.of("a", "b")) {
            var labels = Labels.of("__name__", "x", "replica", replica);
            series.add(new ChunkSeries(labels, List.of(chunk(0), broken(10_000), chunk(20_000))));
        }
        return new QueryView(
                new StoredSource("store", series),
                new ResolutionPlanner(0),
                replicaLabels,
                DeduplicationFunction.CHAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"replica", "other"})
    void read_chunkThatCannotBeDecoded_costsItsSamplesAndANotice(String replicaLabel) {
        var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.WARN);

        try (var set = view(List.of(replicaLabel)).select(ALL, context)) {
            int count = 0;
            for (Series series = set.next(); series != null; series = set.next()) {
                var samples = new SampleBuffer();
                samples.append(-1, 7);
                series.read(ALL.range(), samples);
                assertThat(samples.size()).isEqualTo(21);
                assertThat(samples.times()[11]).isEqualTo(20_000);
                count++;
            }
            assertThat(count).isEqualTo(replicaLabel.equals("replica") ? 1 : 2);
        }

        assertThat(context.notices()).hasSize(2).allSatisfy(notice -> {
            assertThat(notice.range()).isEqualTo(new TimeRange(10_000, 19_000));
            assertThat(notice.externalLabels().get("__name__")).isEqualTo("x");
            assertThat(notice.reason()).contains("cannot be decoded");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"replica", "other"})
    void read_chunkThatCannotBeDecodedAndNothingMayBeMissing_isAnError(String replicaLabel) {
        var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.ABORT);

        try (var set = view(List.of(replicaLabel)).select(ALL, context)) {
            Series series = set.next();
            assertThatThrownBy(() -> series.read(ALL.range(), new SampleBuffer()))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("cannot be decoded");
        }
    }
}
