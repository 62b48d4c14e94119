package io.meridian.promql.exec;

import io.meridian.model.histogram.GoLogarithm;
import io.meridian.promql.plan.ElementFunction;
import io.meridian.promql.plan.Grid;
import java.util.function.DoubleUnaryOperator;

/// Functions of one float each, by column and in place. Absent steps stay absent.
final class ElementKernel {
    private ElementKernel() {}

    /// @param parameters scalars of the call, by step
    static void apply(ElementFunction function, double[] v, double[][] parameters, Grid grid) {
        switch (function) {
            case ABS -> each(v, Math::abs);
            case CEIL -> each(v, Math::ceil);
            case FLOOR -> each(v, Math::floor);
            case EXP -> each(v, GoExponential::exp);
            case LN -> each(v, GoMath::log);
            case LOG2 -> each(v, GoLogarithm::log2);
            case LOG10 -> each(v, GoMath::log10);
            case SQRT -> each(v, Math::sqrt);
            case SGN -> each(v, x -> x < 0 ? -1 : x > 0 ? 1 : x);
            case DEG -> each(v, x -> x * 180 / Math.PI);
            case RAD -> each(v, x -> x * Math.PI / 180);
            case SIN -> each(v, GoTrigonometry::sin);
            case COS -> each(v, GoTrigonometry::cos);
            case TAN -> each(v, GoTrigonometry::tan);
            case ASIN -> each(v, GoTrigonometry::asin);
            case ACOS -> each(v, GoTrigonometry::acos);
            case ATAN -> each(v, GoTrigonometry::atan);
            case SINH -> each(v, GoExponential::sinh);
            case COSH -> each(v, GoExponential::cosh);
            case TANH -> each(v, GoExponential::tanh);
            case ASINH -> each(v, GoMath::asinh);
            case ACOSH -> each(v, GoMath::acosh);
            case ATANH -> each(v, GoMath::atanh);
            case ROUND -> round(v, parameters);
            case CLAMP -> clamp(v, parameters[0], parameters[1]);
            case CLAMP_MIN -> {
                for (int k = 0; k < v.length; k++) {
                    v[k] = Column.isAbsent(v[k]) ? v[k] : GoMath.max(parameters[0][k], v[k]);
                }
            }
            case CLAMP_MAX -> {
                for (int k = 0; k < v.length; k++) {
                    v[k] = Column.isAbsent(v[k]) ? v[k] : GoMath.min(parameters[0][k], v[k]);
                }
            }
            case DAY_OF_MONTH, DAY_OF_WEEK, DAY_OF_YEAR, DAYS_IN_MONTH, HOUR, MINUTE, MONTH, YEAR ->
                each(v, x -> Dates.field(function, x));
            case TIMESTAMP -> {
                for (int k = 0; k < v.length; k++) {
                    v[k] = Column.isAbsent(v[k]) ? v[k] : grid.timeMs(k) / 1000.0;
                }
            }
            case HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_AVG, HISTOGRAM_STDDEV, HISTOGRAM_STDVAR ->
                throw new IllegalArgumentException("not a function of floats: " + function);
        }
    }

    private static void each(double[] v, DoubleUnaryOperator operator) {
        for (int k = 0; k < v.length; k++) {
            if (!Column.isAbsent(v[k])) {
                v[k] = operator.applyAsDouble(v[k]);
            }
        }
    }

    private static void round(double[] v, double[][] parameters) {
        for (int k = 0; k < v.length; k++) {
            if (!Column.isAbsent(v[k])) {
                v[k] = GoMath.round(v[k], parameters.length == 0 ? 1 : 1 / parameters[0][k]);
            }
        }
    }

    private static void clamp(double[] v, double[] min, double[] max) {
        for (int k = 0; k < v.length; k++) {
            if (!Column.isAbsent(v[k])) {
                v[k] = max[k] < min[k] ? Column.ABSENT : GoMath.max(min[k], GoMath.min(max[k], v[k]));
            }
        }
    }
}
