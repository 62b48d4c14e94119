package io.meridian.promql.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/// Random queries about [RandomSeries], from a seed: all functions, aggregations and operators, nested to a depth of
/// five. Most make sense, so that most have an answer.
public final class RandomQueries {
    /// What a vector holds, mostly.
    private enum Kind {
        FLOAT,
        HISTOGRAM
    }

    private static final int DEPTH_MAX = 5;

    private static final List<String> ELEMENT = List.of(
            "abs",
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atanh",
            "ceil",
            "cos",
            "cosh",
            "deg",
            "exp",
            "floor",
            "ln",
            "log10",
            "log2",
            "rad",
            "sgn",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
            "day_of_month",
            "day_of_week",
            "day_of_year",
            "days_in_month",
            "hour",
            "minute",
            "month",
            "year",
            "sort",
            "sort_desc",
            "timestamp",
            "absent");
    private static final List<String> OVER_FLOATS = List.of(
            "rate",
            "increase",
            "irate",
            "resets",
            "delta",
            "idelta",
            "deriv",
            "changes",
            "avg_over_time",
            "count_over_time",
            "first_over_time",
            "last_over_time",
            "max_over_time",
            "min_over_time",
            "present_over_time",
            "stddev_over_time",
            "stdvar_over_time",
            "sum_over_time",
            "absent_over_time",
            "mad_over_time",
            "ts_of_first_over_time",
            "ts_of_last_over_time",
            "ts_of_max_over_time",
            "ts_of_min_over_time");
    private static final List<String> OVER_HISTOGRAMS = List.of(
            "rate",
            "increase",
            "irate",
            "delta",
            "idelta",
            "avg_over_time",
            "sum_over_time",
            "last_over_time",
            "first_over_time");
    private static final List<String> OF_HISTOGRAMS =
            List.of("histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar");
    private static final List<String> AGGREGATIONS =
            List.of("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar");
    private static final List<String> FLOAT_NAMES = List.of(
            "requests_total",
            "errors_total",
            "temperature",
            "memory_bytes",
            "odd",
            "sparse",
            "target_info",
            "duration_seconds_count",
            "duration_seconds_sum");
    private static final List<String> HISTOGRAM_NAMES =
            List.of("latency", "custom", "queue_size", "queue_custom", "mixed");
    private static final List<String> RANGES = List.of("1m", "90s", "5m", "12m30s", "31s");

    private static final List<String> EXTENDED_HISTOGRAM_NAMES =
            List.of("latency", "custom", "queue_size", "queue_custom", "mixed", "switching");

    private final SplittableRandom random;
    private final boolean extended;
    private boolean pinned;

    public RandomQueries(long seed) {
        this(seed, false);
    }

    private RandomQueries(long seed, boolean extended) {
        random = new SplittableRandom(seed);
        this.extended = extended;
    }

    /// With `anchored`, `smoothed`, info() and start_timestamp(), about [RandomSeries#extended].
    public static RandomQueries extended(long seed) {
        return new RandomQueries(seed, true);
    }

    /// The next query.
    public String next() {
        pinned = random.nextInt(6) == 0;
        int depth = random.nextInt(1, DEPTH_MAX + 1);
        return switch (random.nextInt(10)) {
            case 0 -> histograms(depth);
            case 1 -> scalar(depth);
            default -> floats(depth);
        };
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String selector(List<String> names) {
        String name = any(names);
        String matchers = switch (random.nextInt(8)) {
            case 0 -> "{job=\"api\"}";
            case 1 -> "{instance=~\"a|b\"}";
            case 2 -> "{job!=\"db\",instance!~\"c\"}";
            case 3 -> "{instance=\"a\"}";
            default -> "";
        };
        return name + matchers;
    }

    private String modifiers() {
        String at = pinned ? " @ " + (RandomSeries.START_MS / 1000 + random.nextInt(3600)) : "";
        return at + (random.nextInt(6) == 0 ? " offset " + any("1m", "-30s", "7s", "10m") : "");
    }

    private String range(Kind kind, int depth) {
        if (depth > 1 && random.nextInt(4) == 0) {
            String inner = kind == Kind.FLOAT ? floats(depth - 1) : histograms(depth - 1);
            return "(" + inner + ")[" + any("5m", "10m", "4m30s") + ":" + any("1m", "30s", "77s") + "]" + modifiers();
        }
        List<String> names = kind == Kind.FLOAT ? FLOAT_NAMES : HISTOGRAM_NAMES;
        return selector(names) + "[" + any(RANGES) + "]" + modifiers();
    }

    private String number() {
        return any("0", "1", "2", "-1", "0.5", "3.7", "100", "1e3", "-0.25", "NaN", "Inf");
    }

    private String scalar(int depth) {
        if (depth <= 1 || pinned) {
            return number();
        }
        return switch (random.nextInt(7)) {
            case 0 -> "scalar(" + floats(depth - 1) + ")";
            case 1 -> "(" + scalar(depth - 1) + " " + any("+", "-", "*", "/", "%", "^") + " " + scalar(depth - 1) + ")";
            case 2 -> "time()";
            case 3 -> any("max_of", "min_of") + "(" + scalar(depth - 1) + ", " + scalar(depth - 1) + ")";
            case 4 -> any("pi()", "step()", "range()", "start()", "end()");
            default -> number();
        };
    }

    private String grouping() {
        return switch (random.nextInt(5)) {
            case 0 -> "";
            case 1 -> " by (job)";
            case 2 -> " by (instance, job)";
            case 3 -> " without (instance)";
            default -> " without ()";
        };
    }

    private boolean extendedNow(int inverseShare) {
        return extended && random.nextInt(inverseShare) == 0;
    }

    /// What only the extended language has.
    private String extended(Kind kind, int depth) {
        List<String> names = kind == Kind.FLOAT ? FLOAT_NAMES : EXTENDED_HISTOGRAM_NAMES;
        String selector = selector(random.nextInt(6) == 0 ? List.of("bordered_total", "mixed") : names);
        return switch (random.nextInt(8)) {
            case 0 -> selector + " smoothed" + modifiers();
            case 1 -> selector + " anchored" + modifiers();
            case 2 -> "start_timestamp(" + selector + modifiers() + ")";
            case 3, 4 -> {
                String operand = kind == Kind.FLOAT ? floats(depth - 1) : histograms(depth - 1);
                yield "info(" + operand
                        + any("", "", ", {version=\"v1\"}", ", {version=~\".+\"}", ", {version!=\"v0\"}")
                        + ")";
            }
            case 5 -> any("resets", "changes") + "(" + selector + "[" + any(RANGES) + "] anchored" + modifiers() + ")";
            default ->
                any("rate", "increase", "delta") + "(" + selector + "[" + any(RANGES) + "]"
                        + any(" anchored", " smoothed") + modifiers() + ")";
        };
    }

    private String floats(int depth) {
        if (depth > 1 && extendedNow(6)) {
            return extended(Kind.FLOAT, depth);
        }
        if (depth <= 1) {
            return random.nextInt(12) == 0
                    ? "vector(" + number() + ")"
                    : selector(random.nextInt(8) == 0 ? List.of("mixed") : FLOAT_NAMES) + modifiers();
        }
        return switch (random.nextInt(16)) {
            case 0, 1 -> any(ELEMENT) + "(" + floats(depth - 1) + ")";
            case 2, 3, 4 ->
                any(OVER_FLOATS) + "(" + range(random.nextInt(8) == 0 ? Kind.HISTOGRAM : Kind.FLOAT, depth) + ")";
            case 5, 6, 7 ->
                any(AGGREGATIONS) + grouping() + " ("
                        + (random.nextInt(8) == 0 ? histograms(depth - 1) : floats(depth - 1)) + ")";
            case 8 -> parameterized(depth);
            case 9, 10 -> binary(depth);
            case 11 -> any(OF_HISTOGRAMS) + "(" + histograms(Math.min(depth - 1, 2)) + ")";
            case 12 -> histogramFunction(depth);
            case 13 -> withScalars(depth);
            case 14 -> labels(depth);
            default ->
                "(" + floats(depth - 1) + " "
                        + any("+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<=", "> bool", "!= bool") + " "
                        + scalar(depth - 1) + ")";
        };
    }

    private String parameterized(int depth) {
        String operand = floats(depth - 1);
        return switch (random.nextInt(5)) {
            case 0 -> any("topk", "bottomk") + grouping() + " (" + any("1", "2", "5") + ", " + operand + ")";
            case 1 -> "quantile" + grouping() + " (" + any("0.5", "0.9", "0", "1", "1.5", "NaN") + ", " + operand + ")";
            case 2 -> "count_values" + grouping() + " (\"value\", " + selector(FLOAT_NAMES) + ")";
            case 3 -> "limitk" + grouping() + " (2, " + selector(FLOAT_NAMES) + ")";
            default -> "limit_ratio" + grouping() + " (" + any("0.5", "-0.5", "1", "0.2") + ", " + operand + ")";
        };
    }

    private String withScalars(int depth) {
        return switch (random.nextInt(8)) {
            case 0 -> "clamp(" + floats(depth - 1) + ", " + scalar(depth - 1) + ", " + scalar(depth - 1) + ")";
            case 1 -> any("clamp_max", "clamp_min") + "(" + floats(depth - 1) + ", " + scalar(depth - 1) + ")";
            case 2 -> "round(" + floats(depth - 1) + ", " + any("0.1", "5", "1", "-2") + ")";
            case 3 -> "quantile_over_time(" + any("0.5", "0.9", "0", "1", "-1") + ", " + range(Kind.FLOAT, depth) + ")";
            case 4 -> "predict_linear(" + range(Kind.FLOAT, depth) + ", " + any("60", "3600", "-10") + ")";
            case 5 -> "double_exponential_smoothing(" + range(Kind.FLOAT, depth) + ", 0.5, 0.3)";
            case 6 -> "vector(" + scalar(depth - 1) + ")";
            default -> "-" + selector(FLOAT_NAMES);
        };
    }

    private String histogramFunction(int depth) {
        String operand = random.nextBoolean()
                ? histograms(depth - 1)
                : "sum by (le, job) (rate(" + selector(List.of("duration_seconds_bucket")) + "[5m]))";
        return switch (random.nextInt(3)) {
            case 0 ->
                "histogram_fraction(" + any("0", "-1", "-Inf") + ", " + any("0.7", "2", "Inf") + ", " + operand + ")";
            case 1 -> "histogram_quantiles(" + operand + ", \"q\", 0.1, 0.9)";
            default -> "histogram_quantile(" + any("0.5", "0.9", "0", "1", "-1", "NaN") + ", " + operand + ")";
        };
    }

    private String labels(int depth) {
        String operand = floats(depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> "label_replace(" + operand + ", \"target\", \"$1-x\", \"instance\", \"(a|b)\")";
            case 1 -> "label_join(" + operand + ", \"target\", \"-\", \"job\", \"instance\")";
            default -> any("sort_by_label", "sort_by_label_desc") + "(" + operand + ", \"instance\")";
        };
    }

    private String binary(int depth) {
        String left = floats(depth - 1);
        String right = floats(depth - 1);
        if (random.nextInt(3) == 0) {
            return "(" + left + " " + any("and", "or", "unless") + any("", " on (job)", " ignoring (instance)") + " "
                    + right + ")";
        }
        String operator = any("+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<=", "> bool");
        return switch (random.nextInt(4)) {
            case 0 ->
                "(" + left + " " + operator + " on (job) group_left () " + any("sum", "max") + " by (job) (" + right
                        + "))";
            case 1 ->
                "(" + any("sum", "max") + " by (job) (" + left + ") " + operator + " on (job) group_right () " + right
                        + ")";
            case 2 -> "(" + left + " " + operator + " on (instance, job) " + right + ")";
            default -> "(" + left + " " + operator + " " + right + ")";
        };
    }

    private String histograms(int depth) {
        if (depth > 1 && extendedNow(4)) {
            return extended(Kind.HISTOGRAM, depth);
        }
        if (depth <= 1) {
            return selector(HISTOGRAM_NAMES) + modifiers();
        }
        return switch (random.nextInt(6)) {
            case 0, 1 -> any(OVER_HISTOGRAMS) + "(" + range(Kind.HISTOGRAM, depth) + ")";
            case 2 -> any("sum", "avg") + grouping() + " (" + histograms(depth - 1) + ")";
            case 3 -> "(" + histograms(depth - 1) + " " + any("*", "/", "</", ">/") + " " + any("2", "0.5", "-1") + ")";
            case 4 -> "(" + histograms(depth - 1) + " " + any("+", "-", "==", "!=") + " " + histograms(depth - 1) + ")";
            default -> selector(HISTOGRAM_NAMES) + modifiers();
        };
    }
}
