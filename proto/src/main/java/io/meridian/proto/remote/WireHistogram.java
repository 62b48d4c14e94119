package io.meridian.proto.remote;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import io.meridian.proto.wire.prometheus.BucketSpan;
import io.meridian.proto.wire.prometheus.Histogram;
import java.util.List;

/// Native histograms of Prometheus' protobuf messages.
final class WireHistogram {
    private WireHistogram() {}

    /// @throws IllegalArgumentException if the number of buckets is not that of their spans
    static FloatHistogram toModel(Histogram wire) {
        boolean integer = wire.hasCountInt();
        return new FloatHistogram(
                hint(wire.getResetHint()),
                wire.getSchema(),
                wire.getZeroThreshold(),
                integer ? unsigned(wire.getZeroCountInt()) : wire.getZeroCountFloat(),
                integer ? unsigned(wire.getCountInt()) : wire.getCountFloat(),
                wire.getSum(),
                spans(wire.getPositiveSpansList()),
                integer ? absolute(wire.getPositiveDeltasList()) : floats(wire.getPositiveCountsList()),
                spans(wire.getNegativeSpansList()),
                integer ? absolute(wire.getNegativeDeltasList()) : floats(wire.getNegativeCountsList()),
                floats(wire.getCustomValuesList()));
    }

    private static CounterResetHint hint(Histogram.ResetHint hint) {
        return switch (hint) {
            case YES -> CounterResetHint.RESET;
            case NO -> CounterResetHint.NOT_RESET;
            case GAUGE -> CounterResetHint.GAUGE;
            case UNKNOWN, UNRECOGNIZED -> CounterResetHint.UNKNOWN;
        };
    }

    private static double unsigned(long count) {
        return count >= 0 ? count : (count >>> 1 | count & 1) * 2.0;
    }

    private static double[] absolute(List<Long> deltas) {
        double[] counts = new double[deltas.size()];
        long count = 0;
        for (int i = 0; i < counts.length; i++) {
            count += deltas.get(i);
            counts[i] = count;
        }
        return counts;
    }

    private static double[] floats(List<Double> values) {
        double[] array = new double[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private static Spans spans(List<BucketSpan> wire) {
        int[] offsets = new int[wire.size()];
        int[] lengths = new int[wire.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = wire.get(i).getOffset();
            lengths[i] = wire.get(i).getLength();
        }
        return Spans.of(offsets, lengths);
    }
}
