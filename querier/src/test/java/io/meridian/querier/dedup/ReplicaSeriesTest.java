package io.meridian.querier.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaSeriesTest {
    private static EncodedChunk floats(double first, double second) {
        var encoder = new XorEncoder();
        encoder.append(10, first);
        encoder.append(20, second);
        return new EncodedChunk(ChunkEncoding.XOR, 10, 20, encoder.toBytes());
    }

    private static AggregateChunk window(EncodedChunk count, EncodedChunk counter) {
        @Nullable EncodedChunk[] parts = new EncodedChunk[Aggregate.values().length];
        parts[Aggregate.COUNT.ordinal()] = count;
        parts[Aggregate.COUNTER.ordinal()] = counter;
        return new AggregateChunk(10, 20, 300_000, parts);
    }

    private static double[] counter(AggregateChunk... replicas) {
        var series = new ArrayList<Series>();
        for (var chunk : replicas) {
            series.add(new ChunkSeries(Labels.empty(), List.of(chunk)));
        }
        var samples = new SampleBuffer();
        new ReplicaSeries(Labels.empty(), series, AggregateReading.COUNTER, DeduplicationFunction.PENALTY)
                .read(TimeRange.ALL, samples);
        return Arrays.copyOf(samples.values(), samples.size());
    }

    /// Over gRPC only the aggregates arrive that were asked for, and they decide which replica leads; sources in the
    /// same process have all.
    @Test
    void read_aggregatesThatAreNotAskedFor_decideNothing() {
        var a = window(floats(1, 2), floats(8, 9));
        var b = window(floats(2, 3), floats(4, 5));
        var onlyCounters = Set.of(Aggregate.COUNTER);

        double[] expected = counter(a.retaining(onlyCounters), b.retaining(onlyCounters));

        assertThat(counter(a, b)).containsExactly(expected);
        assertThat(counter(window(floats(2, 3), floats(8, 9)), window(floats(1, 2), floats(4, 5))))
                .containsExactly(expected);
    }
}
