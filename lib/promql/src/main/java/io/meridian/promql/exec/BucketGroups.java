package io.meridian.promql.exec;

import io.meridian.model.GoQuote;
import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
        var keys = new LabelKeys(Set.of(BOUND), true);
        Map<Labels, List<Integer>> nativeByLabels = new HashMap<>();
        Map<String, Double> parsedBounds = new HashMap<>();
        double[] bounds = new double[input.size()];
        int[] groupOf = new int[input.size()];
        int[] sizes = {};
        for (int i = 0; i < input.size(); i++) {
            Labels labels = input.labels(i);
            groupOf[i] = -1;
            if (input.histograms[i] != null) {
                natives.add(i);
                nativeByLabels.computeIfAbsent(labels, key -> new ArrayList<>()).add(i);
            }
            if (Column.isEmpty(input.values[i], null)) {
                continue;
            }
            String bound = labels.get(BOUND);
            Double parsed = parsedBounds.computeIfAbsent(bound, GoFloatParser::parse);
            if (parsed == null) {
                annotations.warn(
                        "bucket label \"le\" is missing or has a malformed value of " + GoQuote.quote(bound)
                                + nameSuffix(labels, delayed),
                        position);
                continue;
            }
            bounds[i] = parsed;
            groupOf[i] = keys.number(labels);
            if (groupOf[i] >= sizes.length) {
                sizes = Arrays.copyOf(sizes, 16 + 2 * sizes.length);
            }
            sizes[groupOf[i]]++;
        }
        int[][] members = members(groupOf, sizes, keys.size());
        for (int g = 0; g < members.length; g++) {
            // Go sorts the buckets unstably; equal bounds are added up in whatever order.
            sort(members[g], bounds);
            double[] sorted = new double[members[g].length];
            for (int i = 0; i < sorted.length; i++) {
                sorted[i] = bounds[members[g][i]];
            }
            Labels key = keys.labels(g);
            int[] twins = nativeByLabels.getOrDefault(key, List.of()).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            classic.add(new Classic(key, members[g], sorted, twins));
        }
    }

    private static int[][] members(int[] groupOf, int[] sizes, int groups) {
        int[][] members = new int[groups][];
        for (int g = 0; g < groups; g++) {
            members[g] = new int[sizes[g]];
        }
        int[] next = new int[groups];
        for (int i = 0; i < groupOf.length; i++) {
            int group = groupOf[i];
            if (group >= 0) {
                members[group][next[group]++] = i;
            }
        }
        return members;
    }

    /// Sorts a few series by their bounds; NaN comes last, equal ones stay as they are.
    private static void sort(int[] series, double[] bounds) {
        for (int i = 1; i < series.length; i++) {
            int moved = series[i];
            int at = i;
            while (at > 0 && Double.compare(bounds[series[at - 1]], bounds[moved]) > 0) {
                series[at] = series[at - 1];
                at--;
            }
            series[at] = moved;
        }
    }
}
