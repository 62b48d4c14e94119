package io.meridian.promql.exec;

import io.meridian.promql.plan.RangeFunction;

/// Functions over windows that hold native histograms, alone or among floats.
final class MixedRange {
    private MixedRange() {}

    static void fill(
            RangeFunction function,
            Windows all,
            double[][] parameters,
            boolean usesStartTimes,
            int series,
            RangeAnnotations annotations,
            Worker worker,
            Column target) {
        annotations.checkParameters(all, parameters);
        FloatRange.fill(function, all, parameters, usesStartTimes, worker.scratch, target.values);
    }
}
