package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.SelectorPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// info(): adds labels of info metrics with the same `instance` and `job`.
final class InfoJoin {
    private static final List<String> IDENTIFYING = List.of("instance", "job");
    private static final String NAME_DEFAULT = "target_info";
    private static final String NAME_PATTERN = ".+_info";

    private final Execution execution;
    private final Materialized base;
    private final List<LabelMatcher> nameMatchers;
    private final List<LabelMatcher> dataMatchers = new ArrayList<>();
    private final Set<String> wantedLabels = new HashSet<>();
    private final Map<Labels, Integer> outputOf = new HashMap<>();
    private final List<Labels> outputLabels = new ArrayList<>();
    private final List<Boolean> outputMarks = new ArrayList<>();
    private final List<double[]> outputValues = new ArrayList<>();
    private final List<@Nullable HistogramColumn> outputHistograms = new ArrayList<>();

    private InfoJoin(Plan.InfoLookup plan, Materialized base, Execution execution) {
        this.execution = execution;
        this.base = base;
        List<LabelMatcher> names = new ArrayList<>();
        for (LabelMatcher matcher : plan.matchers()) {
            if (matcher.name().equals(Labels.METRIC_NAME)) {
                names.add(matcher);
            } else {
                dataMatchers.add(matcher);
                wantedLabels.add(matcher.name());
            }
        }
        nameMatchers = withDefaults(names);
    }

    private static List<LabelMatcher> withDefaults(List<LabelMatcher> names) {
        if (names.isEmpty()) {
            return List.of(LabelMatcher.equal(Labels.METRIC_NAME, NAME_DEFAULT));
        }
        boolean positive = names.stream()
                .anyMatch(name -> name.type() == LabelMatcher.Type.EQUAL || name.type() == LabelMatcher.Type.REGEX);
        if (positive) {
            return names;
        }
        var bounded = new ArrayList<>(names);
        bounded.add(LabelMatcher.of(LabelMatcher.Type.REGEX, Labels.METRIC_NAME, NAME_PATTERN));
        return bounded;
    }

    static VectorStream run(Plan.InfoLookup plan, VectorStream operand, Grid grid, Execution execution) {
        return new InfoJoin(plan, execution.materialize(operand), execution).join(plan, grid);
    }

    private Materialized join(Plan.InfoLookup plan, Grid grid) {
        boolean[] isInfo = new boolean[base.size()];
        for (int i = 0; i < isInfo.length; i++) {
            String name = base.labels(i).metricName();
            isInfo[i] = nameMatchers.stream().allMatch(matcher -> matcher.matches(name));
        }
        List<LabelMatcher> matchers = infoMatchers(isInfo);
        if (matchers.isEmpty()) {
            return combine(isInfo, Materialized.empty(grid), Materialized.empty(grid));
        }
        var selector = plan.info().withMatchers(matchers);
        Materialized samples = read(selector, Plan.Facet.SAMPLE, grid);
        long[] looked = execution.samples().counter(plan, grid.steps()).looked;
        for (int i = 0; i < samples.size(); i++) {
            for (int k = 0; k < looked.length; k++) {
                looked[k] += samples.isPresent(i, k) ? 1 : 0;
            }
        }
        return combine(isInfo, samples, read(selector, Plan.Facet.TIMESTAMP, grid));
    }

    /// With `@` the info series stay those of one time.
    private Materialized read(SelectorPlan selector, Plan.Facet facet, Grid grid) {
        if (!selector.pinned() || grid.steps() == 1) {
            return execution.materialize(SelectStream.open(selector, facet, grid, execution, null));
        }
        Grid first = Grid.at(grid.startMs());
        Materialized one = execution.materialize(SelectStream.open(selector, facet, first, execution, null));
        return execution.materialize(new RepeatedStep(one, grid));
    }

    /// Of the series that have samples. Empty if none of them has identifying labels.
    private List<LabelMatcher> infoMatchers(boolean[] isInfo) {
        List<LabelMatcher> matchers = new ArrayList<>();
        for (String name : IDENTIFYING) {
            Set<String> values = new TreeSet<>();
            for (int i = 0; i < isInfo.length; i++) {
                String value = base.labels(i).get(name);
                if (!isInfo[i] && !value.isEmpty() && !Column.isEmpty(base.values[i], base.histograms[i])) {
                    values.add(quoteMeta(value));
                }
            }
            if (!values.isEmpty()) {
                matchers.add(LabelMatcher.of(LabelMatcher.Type.REGEX, name, String.join("|", values)));
            }
        }
        if (!matchers.isEmpty()) {
            matchers.addAll(nameMatchers);
            matchers.addAll(dataMatchers);
        }
        return matchers;
    }

    private static String quoteMeta(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("\\.+*?()|[]{}^$".indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }

    private Materialized combine(boolean[] isInfo, Materialized samples, Materialized times) {
        // Info series with the same identifying labels and name belong together; one of them counts at a step.
        Map<Labels, Map<String, Integer>> groupsOf = new HashMap<>();
        int[] groupOf = new int[samples.size()];
        int groups = 0;
        for (int i = 0; i < groupOf.length; i++) {
            Labels labels = samples.labels(i);
            Map<String, Integer> byName = groupsOf.computeIfAbsent(labels.only(IDENTIFYING), key -> new HashMap<>());
            Integer group = byName.get(labels.metricName());
            if (group == null) {
                group = groups++;
                byName.put(labels.metricName(), group);
            }
            groupOf[i] = group;
        }
        int[] current = new int[groups];
        for (int k = 0; k < base.steps; k++) {
            execution.context().check();
            if (isEmptyAt(k)) {
                continue;
            }
            chooseNewest(samples, times, k, groupOf, current);
            for (int i = 0; i < base.size(); i++) {
                if (base.isPresent(i, k)) {
                    Labels labels = isInfo[i]
                            ? base.labels(i)
                            : enriched(
                                    base.labels(i),
                                    samples,
                                    current,
                                    groupsOf.getOrDefault(base.labels(i).only(IDENTIFYING), Map.of()));
                    if (labels != null) {
                        put(labels, i, k);
                    }
                }
            }
        }
        return result();
    }

    private boolean isEmptyAt(int step) {
        for (int i = 0; i < base.size(); i++) {
            if (base.isPresent(i, step)) {
                return false;
            }
        }
        return true;
    }

    private static void chooseNewest(Materialized samples, Materialized times, int step, int[] groupOf, int[] current) {
        Arrays.fill(current, -1);
        for (int i = 0; i < groupOf.length; i++) {
            if (!samples.isPresent(i, step)) {
                continue;
            }
            if (samples.hasHistogram(i, step)) {
                throw new QueryException(
                        Fault.EVALUATION, "this should be an info metric, with float samples: " + samples.labels(i));
            }
            int other = current[groupOf[i]];
            if (other < 0 || times.values[i][step] > times.values[other][step]) {
                current[groupOf[i]] = i;
            } else if (times.values[i][step] == times.values[other][step]) {
                throw new QueryException(
                        Fault.EVALUATION,
                        "found duplicate series for info metric: existing %s @ %d, new %s @ %d"
                                .formatted(
                                        samples.labels(other),
                                        Math.round(times.values[other][step] * 1000),
                                        samples.labels(i),
                                        Math.round(times.values[i][step] * 1000)));
            }
        }
    }

    /// The series' labels with those of its info series; null if it is to be left out.
    private @Nullable Labels enriched(Labels labels, Materialized samples, int[] current, Map<String, Integer> groups) {
        Map<String, String> added = new HashMap<>();
        boolean matched = false;
        for (int group : groups.values()) {
            if (current[group] < 0) {
                continue;
            }
            matched = true;
            Labels info = samples.labels(current[group]);
            for (int l = 0; l < info.size(); l++) {
                String name = info.name(l);
                if (name.equals(Labels.METRIC_NAME) || !wantedLabels.isEmpty() && !wantedLabels.contains(name)) {
                    continue;
                }
                String before = added.get(name);
                if (before != null && !before.equals(info.value(l))) {
                    throw new QueryException(Fault.EVALUATION, "conflicting label: " + name);
                }
                if (!labels.has(name)) {
                    added.put(name, info.value(l));
                }
            }
        }
        if (!matched) {
            return dataMatchers.stream().allMatch(LabelMatcher::matchesEmpty) ? labels : null;
        }
        Labels.Builder builder = labels.toBuilder();
        added.forEach(builder::set);
        return builder.build();
    }

    private void put(Labels labels, int series, int step) {
        Integer output = outputOf.get(labels);
        if (output == null) {
            output = outputLabels.size();
            outputOf.put(labels, output);
            outputLabels.add(labels);
            outputMarks.add(base.isMarked(series));
            double[] values = new double[base.steps];
            Arrays.fill(values, Column.ABSENT);
            execution.reserve(8L * base.steps);
            outputValues.add(values);
            outputHistograms.add(null);
        }
        double[] values = outputValues.get(output);
        HistogramColumn histograms = outputHistograms.get(output);
        if (!Column.isAbsent(values[step]) || histograms != null && histograms.isPresent(step)) {
            throw Duplicates.error();
        }
        values[step] = base.values[series][step];
        FloatHistogram histogram = base.histogram(series, step);
        if (histogram != null) {
            if (histograms == null) {
                histograms = new HistogramColumn(base.steps);
                outputHistograms.set(output, histograms);
            }
            histograms.set(step, histogram);
        }
    }

    private Materialized result() {
        int n = outputLabels.size();
        boolean[] marks = base.marks() == null ? null : new boolean[n];
        for (int i = 0; marks != null && i < n; i++) {
            marks[i] = outputMarks.get(i);
        }
        @Nullable HistogramColumn[] histograms = outputHistograms.toArray(new @Nullable HistogramColumn[0]);
        return new Materialized(
                base.grid,
                outputLabels.toArray(new Labels[0]),
                marks,
                outputValues.toArray(new double[0][]),
                histograms);
    }
}
