package io.meridian.promql.plan;

/// Functions of a range vector.
public enum RangeFunction {
    RATE,
    INCREASE,
    DELTA,
    IRATE,
    IDELTA,
    DERIV,
    PREDICT_LINEAR,
    DOUBLE_EXPONENTIAL_SMOOTHING,
    CHANGES,
    RESETS,
    AVG_OVER_TIME,
    SUM_OVER_TIME,
    MIN_OVER_TIME,
    MAX_OVER_TIME,
    COUNT_OVER_TIME,
    PRESENT_OVER_TIME,
    ABSENT_OVER_TIME,
    FIRST_OVER_TIME,
    LAST_OVER_TIME,
    STDDEV_OVER_TIME,
    STDVAR_OVER_TIME,
    MAD_OVER_TIME,
    QUANTILE_OVER_TIME,
    TS_OF_FIRST_OVER_TIME,
    TS_OF_LAST_OVER_TIME,
    TS_OF_MIN_OVER_TIME,
    TS_OF_MAX_OVER_TIME;

    /// As written in a query.
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /// Whether results keep the metric's name.
    public boolean keepsName() {
        return this == LAST_OVER_TIME || this == FIRST_OVER_TIME;
    }
}
