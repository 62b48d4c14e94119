package io.meridian.acceptance;

import java.util.List;

/// The queries that every path through the system must answer as Prometheus does. `$` stands for more matchers: none
/// when Prometheus is asked, `replica="a"` or the like when we are.
///
/// None of them depends on what Prometheus 3 changed since Debian's 2.42: no sample lies on a window's border.
final class PathQueries {
    private PathQueries() {}

    static final List<String> ALL = List.of(
            "shop_orders_total{$}",
            "shop_stock{$}",
            "shop_stock{item=\"tea\",$}",
            "shop_stock{item!=\"tea\",$}",
            "shop_stock{item=~\"t.*|x\",$}",
            "shop_stock{item!~\"m.*\",$}",
            "{__name__=~\"shop_.*\",shop=\"1\",$}",
            "shop_stock{shop=\"nowhere\",$}",
            "shop_stock{$} offset 1h",
            "shop_stock{$} offset 3d",
            "-shop_stock{$}",
            "shop_stock{$} * 2 + 1",
            "2 ^ (shop_stock{$} / 100)",
            "shop_stock{$} % 7",
            "shop_stock{$} > 100",
            "shop_stock{$} > bool 100",
            "100 <= shop_stock{$}",
            "sum(shop_stock{$})",
            "sum by (item) (shop_stock{$})",
            "sum without (shop, replica, region) (shop_stock{$})",
            "avg by (shop) (shop_stock{$})",
            "min by (item) (shop_stock{$})",
            "max by (item) (shop_stock{$})",
            "count by (shop) (shop_stock{$})",
            "stddev by (item) (shop_stock{$})",
            "stdvar by (item) (shop_stock{$})",
            "group by (shop) (shop_stock{$})",
            "quantile by (item) (0.7, shop_stock{$})",
            "topk by (item) (1, shop_stock{$})",
            "bottomk(2, shop_stock{$})",
            "count_values(\"value\", shop_stock{$} > bool 100)",
            "rate(shop_orders_total{$}[30m])",
            "increase(shop_orders_total{$}[2h])",
            "irate(shop_orders_total{$}[30m])",
            "sum by (kind) (rate(shop_orders_total{$}[1h]))",
            "delta(shop_stock{$}[1h])",
            "idelta(shop_stock{$}[1h])",
            "deriv(shop_stock{$}[2h])",
            "predict_linear(shop_stock{$}[2h], 3600)",
            "resets(shop_orders_total{$}[3d])",
            "changes(shop_stock{$}[6h])",
            "avg_over_time(shop_stock{$}[1h])",
            "min_over_time(shop_stock{$}[1h])",
            "max_over_time(shop_stock{$}[1h])",
            "sum_over_time(shop_stock{$}[1h])",
            "count_over_time(shop_stock{$}[1h])",
            "last_over_time(shop_stock{$}[1h])",
            "present_over_time(shop_stock{$}[1h])",
            "stddev_over_time(shop_stock{$}[2h])",
            "quantile_over_time(0.9, shop_stock{$}[2h])",
            "absent_over_time(shop_stock{shop=\"nowhere\",$}[1h])",
            "max_over_time(rate(shop_orders_total{$}[30m])[3h:7m])",
            "sum by (shop) (shop_stock{$}) / count by (shop) (shop_stock{$})",
            "sum by (shop) (shop_orders_total{$}) and sum by (shop) (shop_stock{$})",
            "sum by (shop) (shop_stock{$}) or sum by (item) (shop_stock{$})",
            "sum by (shop) (shop_stock{$}) unless sum by (shop) (shop_stock{shop=\"1\",$})",
            "sum by (shop, item) (shop_stock{$}) / on (shop) group_left sum by (shop) (shop_stock{$})",
            "label_replace(sum by (shop) (shop_stock{$}), \"name\", \"no. $1\", \"shop\", \"(.*)\")",
            "label_join(sum by (shop, item) (shop_stock{$}), \"both\", \"-\", \"shop\", \"item\")",
            "clamp(shop_stock{$}, 90, 120)",
            "round(shop_stock{$}, 0.5)",
            "abs(shop_stock{$} - 100)",
            "ln(shop_stock{$})",
            "sqrt(shop_stock{$})",
            "sort(sum by (shop) (shop_stock{$}))",
            "scalar(sum(shop_stock{$}))",
            "vector(time())",
            "hour(vector(time()))");

    static String forPrometheus(String query) {
        return query.replace(",$", "").replace("{$}", "");
    }

    static String withMatcher(String query, String matcher) {
        return query.replace("$}", matcher + "}");
    }
}
