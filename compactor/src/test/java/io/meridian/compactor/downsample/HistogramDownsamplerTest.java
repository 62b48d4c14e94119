package io.meridian.compactor.downsample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramChunk;
import io.meridian.model.chunk.FloatHistogramEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Counters and gauges in one series, as Thanos treats them where it loses nothing.
class HistogramDownsamplerTest {
    private static final long WINDOW_MS = 100;
    private static final double[] NONE = new double[0];

    private static FloatHistogram histogram(CounterResetHint hint, int schema, double count) {
        return new FloatHistogram(
                hint, schema, 0, 0, count, count, Spans.of(0, 1), new double[] {count}, Spans.NONE, NONE, NONE);
    }

    private static EncodedChunk chunk(CounterResetHint hint, int schema, long firstMs, double... counts) {
        var encoder = new FloatHistogramEncoder(false);
        encoder.begin(hint, 0, firstMs, histogram(hint, schema, counts[0]));
        for (int i = 1; i < counts.length; i++) {
            assertThat(encoder.append(0, firstMs + 10L * i, histogram(hint, schema, counts[i])))
                    .isNull();
        }
        return new EncodedChunk(
                ChunkEncoding.FLOAT_HISTOGRAM, firstMs, firstMs + 10L * (counts.length - 1), encoder.toBytes());
    }

    /// The reset header of the counter of each chunk.
    private static List<CounterResetHint> counters(EncodedChunk... chunks) {
        var out = new AggregateBatch();
        new HistogramDownsampler().downsampleRaw(List.of(chunks), WINDOW_MS, out);
        out.endRun();
        var hints = new ArrayList<CounterResetHint>();
        for (int i = out.firstChunk(0); i < out.endChunk(0); i++) {
            EncodedChunk counter = Objects.requireNonNull(AggregateChunk.parse(
                            out.minMs(i),
                            out.maxMs(i),
                            WINDOW_MS,
                            out.array(),
                            out.payloadOffset(i),
                            out.payloadLength(i))
                    .part(Aggregate.COUNTER));
            hints.add(FloatHistogramChunk.counterReset(
                    counter.encoding(), counter.array(), counter.offset(), counter.length()));
        }
        return hints;
    }

    @Test
    void downsample_chunkWhoseSamplesLieElsewhereThanItSays_isRefused() {
        var whole = chunk(CounterResetHint.UNKNOWN, 0, 10, 1, 2, 3);
        var later = new EncodedChunk(whole.encoding(), 20, 30, whole.array(), whole.offset(), whole.length());
        var longer = new EncodedChunk(whole.encoding(), 10, 90, whole.array(), whole.offset(), whole.length());

        assertThatThrownBy(() -> counters(later))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("begins at another time than it states: expected=20, actual=10");
        assertThatThrownBy(() -> counters(longer))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("ends at another time than it states: expected=90, actual=30");
    }

    @Test
    void downsample_gaugeBehindACounterInOneWindow_givesAGauge() {
        assertThat(counters(chunk(CounterResetHint.UNKNOWN, 0, 10, 1, 2), chunk(CounterResetHint.GAUGE, 0, 40, 5, 3)))
                .containsExactly(CounterResetHint.GAUGE);
    }

    @Test
    void downsample_gaugeBehindACounterInTheNextWindow_beginsAChunk() {
        assertThat(counters(chunk(CounterResetHint.UNKNOWN, 0, 10, 1, 2), chunk(CounterResetHint.GAUGE, 0, 140, 5, 3)))
                .containsExactly(CounterResetHint.NOT_RESET, CounterResetHint.GAUGE);
    }

    @Test
    void downsample_counterBehindAGauge_staysAGauge() {
        assertThat(counters(chunk(CounterResetHint.GAUGE, 0, 10, 5, 3), chunk(CounterResetHint.UNKNOWN, 0, 140, 1, 2)))
                .containsExactly(CounterResetHint.GAUGE);
    }

    @Test
    void downsample_gaugeThatIsReduced_isAGaugeOnlyAtTheBeginning() {
        assertThat(counters(chunk(CounterResetHint.GAUGE, 2, 10, 5, 3), chunk(CounterResetHint.UNKNOWN, 0, 140, 1, 2)))
                .containsExactly(CounterResetHint.GAUGE);
        assertThat(counters(chunk(CounterResetHint.UNKNOWN, 0, 10, 1, 2), chunk(CounterResetHint.GAUGE, 2, 140, 5, 7)))
                .containsExactly(CounterResetHint.NOT_RESET);
    }
}
