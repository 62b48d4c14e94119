package io.meridian.promql.exec;

import io.meridian.promql.plan.RangeFunction;

/// Chooses the kernel of a function over windows of floats.
final class FloatRange {
    private FloatRange() {}

    /// @param parameters scalars of the call in order, each by step
    static void fill(
            RangeFunction function,
            Windows w,
            double[][] parameters,
            boolean usesStartTimes,
            Scratch scratch,
            double[] out) {
        switch (function) {
            case RATE -> RateKernel.extrapolated(w, true, true, scratch, out);
            case INCREASE -> RateKernel.extrapolated(w, true, false, scratch, out);
            case DELTA -> RateKernel.extrapolated(w, false, false, scratch, out);
            case IRATE -> RateKernel.instantaneous(w, true, out, usesStartTimes);
            case IDELTA -> RateKernel.instantaneous(w, false, out, false);
            case DERIV -> RegressionKernel.derivative(w, out);
            case PREDICT_LINEAR -> RegressionKernel.predict(w, parameters[0], out);
            case DOUBLE_EXPONENTIAL_SMOOTHING -> RegressionKernel.smooth(w, parameters[0], parameters[1], out);
            case CHANGES -> OverTimeKernels.changes(w, out);
            case RESETS -> OverTimeKernels.resets(w, usesStartTimes, out);
            case AVG_OVER_TIME -> SumKernel.average(w, scratch, out);
            case SUM_OVER_TIME -> SumKernel.sum(w, scratch, out);
            case MIN_OVER_TIME -> ExtremeKernel.minimum(w, scratch, out);
            case MAX_OVER_TIME -> ExtremeKernel.maximum(w, scratch, out);
            case COUNT_OVER_TIME -> OverTimeKernels.count(w, out);
            case PRESENT_OVER_TIME, ABSENT_OVER_TIME -> OverTimeKernels.present(w, out);
            case FIRST_OVER_TIME -> OverTimeKernels.first(w, out);
            case LAST_OVER_TIME -> OverTimeKernels.last(w, out);
            case STDDEV_OVER_TIME -> VarianceKernel.variance(w, true, out);
            case STDVAR_OVER_TIME -> VarianceKernel.variance(w, false, out);
            case MAD_OVER_TIME -> QuantileKernel.medianDeviation(w, scratch, out);
            case QUANTILE_OVER_TIME -> QuantileKernel.overTime(w, parameters[0], scratch, out);
            case TS_OF_FIRST_OVER_TIME -> OverTimeKernels.timeOfFirst(w, out);
            case TS_OF_LAST_OVER_TIME -> OverTimeKernels.timeOfLast(w, out);
            case TS_OF_MIN_OVER_TIME -> OverTimeKernels.timeOfExtreme(w, false, out);
            case TS_OF_MAX_OVER_TIME -> OverTimeKernels.timeOfExtreme(w, true, out);
        }
    }
}
