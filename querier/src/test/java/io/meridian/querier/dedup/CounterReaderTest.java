package io.meridian.querier.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Spans;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CounterReaderTest {
    private static final FloatHistogram HISTOGRAM = new FloatHistogram(
            CounterResetHint.UNKNOWN,
            0,
            0,
            0,
            0,
            0,
            Spans.NONE,
            new double[0],
            Spans.NONE,
            new double[0],
            new double[0]);

    /// Times and values in turn.
    private static SampleBuffer floats(double... pairs) {
        var buffer = new SampleBuffer();
        for (int i = 0; i < pairs.length; i += 2) {
            buffer.append((long) pairs[i], pairs[i + 1]);
        }
        return buffer;
    }

    private static SampleBuffer read(SampleBuffer... chunks) {
        var target = new SampleBuffer();
        var reader = new CounterReader(target);
        for (var chunk : chunks) {
            reader.accept(chunk);
        }
        return target;
    }

    private static void assertSamples(SampleBuffer actual, double... pairs) {
        var expected = floats(pairs);
        assertThat(Arrays.copyOf(actual.times(), actual.size()))
                .containsExactly(Arrays.copyOf(expected.times(), expected.size()));
        assertThat(Arrays.copyOf(actual.values(), actual.size()))
                .containsExactly(Arrays.copyOf(expected.values(), expected.size()));
    }

    @Test
    void accept_chunksInARow_goOnFromTheTrueLastValue() {
        assertSamples(read(floats(10, 1, 20, 5, 20, 3), floats(30, 4, 40, 6, 40, 6)), 10, 1, 20, 5, 30, 6, 40, 8);
    }

    @Test
    void accept_chunkThatBeginsInThePast_isEnteredAfterIt() {
        assertSamples(read(floats(10, 1, 30, 5, 30, 5), floats(20, 2, 30, 4, 40, 6)), 10, 1, 30, 5, 40, 7);
    }

    /// As in Thanos: the first float says where the counter stands even where a histogram was later than it.
    @Test
    void accept_floatsBehindHistograms_beginWithTheirFirstValue() {
        var histograms = new SampleBuffer();
        histograms.append(30, HISTOGRAM);

        var samples = read(histograms, floats(20, 5, 40, 3, 50, 4));

        assertThat(samples.size()).isEqualTo(3);
        assertThat(Arrays.copyOf(samples.times(), 3)).containsExactly(30, 40, 50);
        assertThat(Arrays.copyOfRange(samples.values(), 1, 3)).containsExactly(8, 9);
    }
}
