package io.meridian.promql.plan;

/// Functions that map each sample of an instant vector by itself.
public enum ElementFunction {
    ABS,
    CEIL,
    FLOOR,
    EXP,
    LN,
    LOG2,
    LOG10,
    SQRT,
    SGN,
    DEG,
    RAD,
    SIN,
    COS,
    TAN,
    ASIN,
    ACOS,
    ATAN,
    SINH,
    COSH,
    TANH,
    ASINH,
    ACOSH,
    ATANH,
    ROUND,
    CLAMP,
    CLAMP_MIN,
    CLAMP_MAX,
    DAY_OF_MONTH,
    DAY_OF_WEEK,
    DAY_OF_YEAR,
    DAYS_IN_MONTH,
    HOUR,
    MINUTE,
    MONTH,
    YEAR,
    TIMESTAMP,
    HISTOGRAM_COUNT,
    HISTOGRAM_SUM,
    HISTOGRAM_AVG,
    HISTOGRAM_STDDEV,
    HISTOGRAM_STDVAR;

    /// As written in a query.
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /// Whether the function is of histograms and drops floats.
    public boolean ofHistograms() {
        return switch (this) {
            case HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_AVG, HISTOGRAM_STDDEV, HISTOGRAM_STDVAR -> true;
            default -> false;
        };
    }
}
