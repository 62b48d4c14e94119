package io.meridian.promql.exec;

import io.meridian.model.GoQuote;
import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The input of histogram_quantile and histogram_fraction sorted out, once for all steps: series of buckets by their
/// classic histogram, in the order of their bounds, and series with native histograms.
final class BucketGroups {
    private static final String BOUND = "le";

    /// One classic histogram.
    ///
    /// @param series      in ascending order of bounds
    /// @param nativeTwins series with native histograms and the same labels
    static final class Classic {
        final Labels labels;
        final int[] series;
        final int[] nativeTwins;
        private final double[] bounds;

        Classic(Labels labels, int[] series, double[] bounds, int[] nativeTwins) {
            this.labels = labels;
            this.series = series;
            this.bounds = bounds;
            this.nativeTwins = nativeTwins;
        }

        void load(Materialized input, int step, ClassicBuckets target) {
            target.clear();
            for (int i = 0; i < series.length; i++) {
                double count = input.values[series[i]][step];
                if (!Column.isAbsent(count)) {
                    target.add(bounds[i], count);
                }
            }
        }
    }

    final List<Classic> classic = new ArrayList<>();
    final List<Integer> natives = new ArrayList<>();

    /// Name of the metric for messages: known only while names are kept to the end.
    static String nameSuffix(Labels labels, boolean delayed) {
        String name = delayed ? labels.metricName() : "";
        return name.isEmpty() ? "" : " for metric name " + GoQuote.quote(name);
    }

    BucketGroups(Materialized input, Annotations annotations, int position, boolean delayed) {
        Map<Labels, List<Integer>> members = new HashMap<>();
        List<Labels> order = new ArrayList<>();
        Map<Labels, List<Integer>> nativeByLabels = new HashMap<>();
        double[] bounds = new double[input.size()];
        for (int i = 0; i < input.size(); i++) {
            Labels labels = input.labels(i);
            if (input.histograms[i] != null) {
                natives.add(i);
                nativeByLabels.computeIfAbsent(labels, key -> new ArrayList<>()).add(i);
            }
            if (Column.isEmpty(input.values[i], null)) {
                continue;
            }
            String bound = labels.get(BOUND);
            Double parsed = GoFloatParser.parse(bound);
            if (parsed == null) {
                annotations.warn(
                        "bucket label \"le\" is missing or has a malformed value of " + GoQuote.quote(bound)
                                + nameSuffix(labels, delayed),
                        position);
                continue;
            }
            bounds[i] = parsed;
            Labels key = labels.without(BOUND);
            List<Integer> group = members.get(key);
            if (group == null) {
                group = new ArrayList<>();
                members.put(key, group);
                order.add(key);
            }
            group.add(i);
        }
        for (Labels key : order) {
            List<Integer> group = members.getOrDefault(key, List.of());
            // Go sorts the buckets unstably; equal bounds are added up in whatever order.
            group.sort(Comparator.comparingDouble(i -> bounds[i]));
            int[] series = group.stream().mapToInt(Integer::intValue).toArray();
            double[] sorted = group.stream().mapToDouble(i -> bounds[i]).toArray();
            int[] twins = nativeByLabels.getOrDefault(key, List.of()).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            classic.add(new Classic(key, series, sorted, twins));
        }
    }
}
