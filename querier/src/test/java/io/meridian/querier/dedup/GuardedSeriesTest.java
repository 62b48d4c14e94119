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
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.querier.fanout.StoredSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
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

    private static Chunk lying(int count, long fromMs, long maxMs, ChunkOrigin origin) {
        var encoder = new XorEncoder();
        for (int i = 0; i < count; i++) {
            encoder.append(fromMs + i * 1000L, i);
        }
        byte[] bytes = encoder.toBytes();
        return new EncodedChunk(ChunkEncoding.XOR, fromMs, maxMs, bytes, 0, bytes.length, origin);
    }

    /// Reads the only series with these chunks; the notices are those of the reading.
    private static SampleBuffer read(List<Chunk> chunks, QueryContext context) {
        var stored = new StoredSource("store", List.of(new ChunkSeries(Labels.of("__name__", "x"), chunks)));
        var view = new QueryView(stored, new ResolutionPlanner(0), List.of("replica"), DeduplicationFunction.CHAIN);
        var samples = new SampleBuffer();
        try (var set = view.select(ALL, context)) {
            set.next().read(ALL.range(), samples);
        }
        return samples;
    }

    @Test
    void read_chunkThatReachesFartherThanItStates_costsNoSampleOfTheNext() {
        var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.WARN);
        var broken = new ArrayList<String>();
        var origin = new ChunkOrigin() {
            @Override
            public String name() {
                return "block 01X";
            }

            @Override
            public void broken(String reason) {
                broken.add(reason);
            }
        };

        var samples = read(List.of(lying(25, 0, 9000, origin), chunk(10_000), chunk(20_500)), context);

        assertThat(samples.size()).isEqualTo(30);
        assertThat(samples.times()[9]).isEqualTo(9000);
        assertThat(samples.times()[20]).isEqualTo(20_500);
        assertThat(context.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.toString()).startsWith("block 01X {__name__=").contains("expected=9000, actual=24000");
            assertThat(notice.range()).isEqualTo(new TimeRange(0, 9000));
        });
        assertThat(broken).singleElement().asString().contains("__name__");
    }

    @Test
    void read_chunkOfFewerSamplesThanItsTimesSay_isTold() {
        var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.WARN);

        var samples = read(List.of(lying(4, 0, 9000, new ChunkOrigin.Named("a:1")), chunk(10_000)), context);

        assertThat(samples.size()).isEqualTo(14);
        assertThat(context.notices())
                .singleElement()
                .asString()
                .startsWith("a:1 {")
                .contains("expected=9000, actual=3000");
    }

    @Test
    void read_aggregateThatReachesFarther_costsItsOwnWindows() {
        var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.WARN);
        var chunks = new ArrayList<Chunk>();
        for (long fromMs : new long[] {0, 10_000, 20_000}) {
            var parts = new EncodedChunk[Aggregate.values().length];
            for (Aggregate aggregate : Aggregate.values()) {
                boolean lies = fromMs == 0 && aggregate == Aggregate.COUNTER;
                parts[aggregate.ordinal()] =
                        (EncodedChunk) lying(lies ? 30 : 10, fromMs, fromMs + 9000, new ChunkOrigin.Named("b"));
            }
            chunks.add(new AggregateChunk(fromMs, fromMs + 9000, 300_000, parts));
        }
        var stored = new StoredSource("store", List.of(new ChunkSeries(Labels.of("__name__", "x"), chunks)));
        var view =
                new QueryView(stored, new ResolutionPlanner(300_000), List.of("replica"), DeduplicationFunction.CHAIN);
        var hints = new SelectHints("rate", 0, 0, List.of(), true, 0, Set.of(), false, 0);
        var samples = new SampleBuffer();
        try (var set = view.select(new Selection(List.of(), ALL.range(), hints), context)) {
            set.next().read(ALL.range(), samples);
        }

        assertThat(samples.size()).isEqualTo(20);
        assertThat(samples.times()[0]).isEqualTo(10_000);
        assertThat(context.notices())
                .singleElement()
                .asString()
                .startsWith("b {")
                .contains("COUNTER");
    }
}
