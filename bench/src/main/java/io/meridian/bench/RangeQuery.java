package io.meridian.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A range query that is measured, with the same steps for all queries of a set of data ([BenchBlocks]).
record RangeQuery(String name, String text, long startMs, long endMs, long stepMs) {
    /// Half a second off the samples' own times, and far enough from the last ones that none is missing.
    private static final long END_MS = BenchBlocks.END_MS - 60_500;

    /// The queries of a set whose name fits.
    ///
    /// Of `large`, whatever answers with every series reads a tenth of them: an answer of all would have 500 MB.
    ///
    /// @param set     `small`: 2 h at steps of 30 s; `large`: 22 h at steps of 1 m
    /// @param pattern what a case's name must contain
    /// @throws IllegalArgumentException if no name fits; the message has all of them
    static List<RangeQuery> of(String set, String pattern) {
        boolean large = set.equals("large");
        String some = large ? "{container=\"c0\"}" : "";
        String gauge = "memory_bytes" + some;
        String counter = "requests_total" + some;
        var all = new ArrayList<String[]>();
        add(all, "selector", gauge);
        add(all, "sum", "sum(memory_bytes)");
        add(all, "sum by (pod)", "sum by (pod) (memory_bytes)");
        add(all, "topk", "topk(2, memory_bytes)");
        add(all, "unary minus", "-" + gauge);
        add(all, "rate", "rate(" + counter + "[1m])");
        add(all, "sum rate", "sum(rate(requests_total[1m]))");
        add(all, "sum by rate", "sum by (pod) (rate(requests_total[1m]))");
        add(all, "quantile, varying", "quantile by (pod) (scalar(vector(0.1) + time() % 600 / 1000), memory_bytes)");
        add(all, "binary 1:1", gauge + " / " + counter);
        add(all, "binary many:1", gauge + " / on (pod) group_left sum by (pod) (memory_bytes)");
        add(all, "vector * scalar", gauge + " * 10");
        add(all, "compare", gauge + " > 50000000");
        add(all, "clamp", "clamp(" + gauge + ", 10000000, 60000000)");
        add(all, "nested functions", "clamp(1 - round(" + gauge + "), 10 - 5, 10)");
        add(all, "histogram_quantile", "histogram_quantile(0.9, sum by (le, pod) (rate(duration_seconds_bucket[1m])))");
        add(all, "sort", "sort(" + gauge + ")");
        add(all, "avg_over_time[1h]", "avg_over_time(" + gauge + "[1h])");
        add(all, "subquery", "max_over_time(sum(rate(requests_total[5m]))[1h:1m])");
        add(all, "native selector", "latency_seconds");
        add(all, "native rate", "rate(latency_seconds[1m])");
        add(all, "native sum", "sum(rate(latency_seconds[1m]))");
        add(all, "native quantile", "histogram_quantile(0.9, sum(rate(latency_seconds[1m])))");

        long rangeMs = large ? 22 * 3_600_000L : 2 * 3_600_000L;
        long stepMs = large ? 60_000 : 30_000;
        var wanted = Pattern.compile(pattern);
        List<RangeQuery> queries = all.stream()
                .filter(one -> wanted.matcher(one[0]).find())
                .map(one -> new RangeQuery(one[0], one[1], END_MS - rangeMs, END_MS, stepMs))
                .toList();
        if (queries.isEmpty()) {
            throw new IllegalArgumentException("--case " + pattern + " fits none of: "
                    + String.join("; ", all.stream().map(one -> one[0]).toList()));
        }
        return queries;
    }

    private static void add(List<String[]> all, String name, String text) {
        all.add(new String[] {name, text});
    }
}
