package io.meridian.promql.parse;

import static io.meridian.promql.parse.Expr.ValueType.MATRIX;
import static io.meridian.promql.parse.Expr.ValueType.SCALAR;
import static io.meridian.promql.parse.Expr.ValueType.STRING;
import static io.meridian.promql.parse.Expr.ValueType.VECTOR;

import io.meridian.promql.parse.Expr.ValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The functions of Prometheus 3.14, experimental ones included.
public final class Functions {
    private static final Map<String, Function> ALL = all();

    private Functions() {}

    /// The function with exactly this name, or null.
    public static @Nullable Function find(String name) {
        return ALL.get(name);
    }

    /// All functions, sorted by name.
    public static Collection<Function> list() {
        return ALL.values();
    }

    private static Map<String, Function> all() {
        var table = new TreeMap<String, Function>();
        same(table, "v", """
                abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count
                histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan
                tanh timestamp""");
        same(table, "m", """
                absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate
                last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time
                stdvar_over_time sum_over_time""");
        for (String name : words("""
                day_of_month day_of_week day_of_year days_in_month hour minute month year""")) {
            add(table, name, "v", 1, VECTOR, false);
        }
        for (String name : words("""
                mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time""")) {
            add(table, name, "m", 0, VECTOR, true);
        }
        for (String name : words("end range start step")) {
            add(table, name, "", 0, SCALAR, true);
        }
        for (String name : words("max_of min_of")) {
            add(table, name, "ss", 0, SCALAR, true);
        }
        for (String name : words("sort_by_label sort_by_label_desc")) {
            add(table, name, "vt", -1, VECTOR, true);
        }
        add(table, "pi", "", 0, SCALAR, false);
        add(table, "time", "", 0, SCALAR, false);
        add(table, "scalar", "v", 0, SCALAR, false);
        add(table, "vector", "s", 0, VECTOR, false);
        add(table, "start_timestamp", "v", 0, VECTOR, true);
        add(table, "clamp", "vss", 0, VECTOR, false);
        add(table, "clamp_max", "vs", 0, VECTOR, false);
        add(table, "clamp_min", "vs", 0, VECTOR, false);
        add(table, "round", "vs", 1, VECTOR, false);
        add(table, "histogram_fraction", "ssv", 0, VECTOR, false);
        add(table, "histogram_quantile", "sv", 0, VECTOR, false);
        add(table, "histogram_quantiles", "vtss", 9, VECTOR, true);
        add(table, "quantile_over_time", "sm", 0, VECTOR, false);
        add(table, "predict_linear", "ms", 0, VECTOR, false);
        add(table, "double_exponential_smoothing", "mss", 0, VECTOR, true);
        add(table, "info", "vv", 1, VECTOR, true);
        add(table, "label_replace", "vtttt", 0, VECTOR, false);
        add(table, "label_join", "vttt", -1, VECTOR, false);
        return table;
    }

    private static void same(Map<String, Function> table, String arguments, String names) {
        for (String name : words(names)) {
            add(table, name, arguments, 0, VECTOR, false);
        }
    }

    private static List<String> words(String names) {
        return List.of(names.strip().split("\\s+", -1));
    }

    private static void add(
            Map<String, Function> table,
            String name,
            String arguments,
            int variadic,
            ValueType returns,
            boolean experimental) {
        var types = new ArrayList<ValueType>();
        for (int i = 0; i < arguments.length(); i++) {
            types.add(
                    switch (arguments.charAt(i)) {
                        case 'v' -> VECTOR;
                        case 'm' -> MATRIX;
                        case 's' -> SCALAR;
                        default -> STRING;
                    });
        }
        table.put(name, new Function(name, types, variadic, returns, experimental));
    }
}
