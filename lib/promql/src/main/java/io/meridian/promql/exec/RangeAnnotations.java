package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.GoQuote;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.promql.plan.RangeFunction;

/// What a function over a range vector has to say about its input.
final class RangeAnnotations {
    private final Annotations target;
    private final RangeFunction function;
    private final Labels[] labels;
    private final int position;
    private final boolean typeLabels;

    RangeAnnotations(Annotations target, RangeFunction function, Labels[] labels, int position, boolean typeLabels) {
        this.target = target;
        this.function = function;
        this.labels = labels;
        this.position = position;
        this.typeLabels = typeLabels;
    }

    /// Quantiles outside of 0 to 1 warn; smoothing factors outside of it end the query. Steps without a sample do not
    /// count.
    void checkParameters(Windows w, double[][] parameters) {
        boolean quantile = function == RangeFunction.QUANTILE_OVER_TIME;
        if (!quantile && function != RangeFunction.DOUBLE_EXPONENTIAL_SMOOTHING) {
            return;
        }
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] == w.to[k]) {
                continue;
            }
            double first = parameters[0][k];
            if (!quantile) {
                checkFactor("smoothing factor", first);
                checkFactor("trend factor", parameters[1][k]);
            } else if (!(first >= 0 && first <= 1)) {
                target.warn("quantile value should be between 0 and 1, got " + GoFormat.g(first), position);
            }
        }
    }

    private static void checkFactor(String what, double factor) {
        if (factor <= 0 || factor >= 1) {
            throw new QueryException(
                    Fault.EVALUATION,
                    "invalid %s. Expected: 0 < %s < 1, got: %f".formatted(what, abbreviation(what), factor));
        }
    }

    private static String abbreviation(String what) {
        return what.startsWith("smoothing") ? "sf" : "tf";
    }

    /// A counter by name, or by type where types are labels.
    void resultOf(int series, double[] values) {
        String name = labels[series].metricName();
        if (name.isEmpty() || !hasFloat(values)) {
            return;
        }
        if (typeLabels) {
            String type = labels[series].get("__type__");
            if (!type.equals("counter") && !type.equals("histogram")) {
                target.info(
                        "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got "
                                + GoQuote.quote(type) + ": " + GoQuote.quote(name),
                        position);
            }
        } else if (!name.endsWith("_total")
                && !name.endsWith("_sum")
                && !name.endsWith("_count")
                && !name.endsWith("_bucket")) {
            target.info(
                    "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                            + GoQuote.quote(name),
                    position);
        }
    }

    private static boolean hasFloat(double[] values) {
        for (double value : values) {
            if (!Column.isAbsent(value)) {
                return true;
            }
        }
        return false;
    }

    private String name(int series) {
        return GoQuote.quote(labels[series].metricName());
    }

    void overlaps(int series, long count) {
        if (count > 0) {
            target.overlap(
                    "sample has start time that overlaps with previous sample timestamp for metric " + name(series),
                    position,
                    count);
        }
    }

    void mixed(int series) {
        target.warn("encountered a mix of histograms and floats for metric name " + name(series), position);
    }

    void ignoredHistograms(int series) {
        target.info(
                "ignored histograms in a range containing both floats and histograms for metric name " + name(series),
                position);
    }

    void notCounter(int series) {
        target.warn("this native histogram metric is not a counter: " + name(series), position);
    }

    void notGauge(int series) {
        target.warn("this native histogram metric is not a gauge: " + name(series), position);
    }

    void mixedSchemas(int series) {
        target.warn(
                "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
                        + name(series),
                position);
    }

    /// @param operation addition, subtraction or aggregation
    void collision(String operation) {
        target.warn("conflicting counter resets during histogram " + operation, position);
    }

    /// @param operation addition, subtraction or aggregation
    void reconciled(String operation) {
        target.info("mismatched custom buckets were reconciled during " + operation, position);
    }
}
