package io.meridian.promql.explain;

import io.meridian.model.LabelMatcher;
import io.meridian.promql.exec.Profile;
import io.meridian.promql.plan.SelectorPlan;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A plan with what its selectors may read and, if it was carried out, what its operators did.
public final class Explanation {
    private static final double NANOS_PER_MS = 1e6;

    private final Operation root;
    private final IdentityHashMap<SelectorPlan, Estimator.Estimate> estimates = new IdentityHashMap<>();
    private final @Nullable Profile profile;

    /// @param profile of the query's evaluation; null if it was not carried out
    @SuppressWarnings("exports") // for the engine of this module, which made the profile
    public Explanation(Operation root, Estimator estimator, @Nullable Profile profile) {
        this.root = root;
        this.profile = profile;
        estimate(root, estimator);
    }

    private void estimate(Operation operation, Estimator estimator) {
        SelectorPlan selector = operation.selector();
        if (selector != null) {
            Estimator.Estimate estimate = estimator.estimate(selector.selection());
            if (estimate != null) {
                estimates.put(selector, estimate);
            }
        }
        operation.inputs().forEach(input -> estimate(input, estimator));
    }

    /// Indented by two blanks per level, a line an operator.
    public String toText() {
        var out = new StringBuilder();
        text(root, 0, out);
        return out.toString();
    }

    private void text(Operation operation, int depth, StringBuilder out) {
        out.append("  ".repeat(depth)).append(operation.name());
        if (!operation.detail().isEmpty()) {
            out.append(' ').append(operation.detail());
        }
        SelectorPlan selector = operation.selector();
        if (selector != null) {
            out.append(" from ")
                    .append(selector.read().minMs())
                    .append(" to ")
                    .append(selector.read().maxMs());
            Estimator.Estimate estimate = estimates.get(selector);
            if (estimate != null) {
                out.append("  [estimated: ").append(estimate.series()).append(" series");
                out.append(estimate.samples() == 0 ? "]" : ", about " + estimate.samples() + " samples]");
            }
        }
        measured(operation, out);
        out.append('\n');
        operation.inputs().forEach(input -> text(input, depth + 1, out));
    }

    private void measured(Operation operation, StringBuilder out) {
        if (profile == null) {
            return;
        }
        Profile.Work work = profile.work(operation.plan());
        if (work != null) {
            out.append("  [").append(work.series()).append(" series, ");
            out.append(String.format(Locale.ROOT, "%.3f ms, own %.3f ms]", ms(work.nanos()), ms(own(operation, work))));
        }
        Profile.Reading reading = operation.selector() == null ? null : profile.reading(operation.selector());
        if (reading != null) {
            out.append("  [read: ").append(reading.series()).append(" series, ");
            out.append(reading.chunks())
                    .append(" chunks, ")
                    .append(reading.bytes())
                    .append(" bytes, ");
            out.append(reading.samples()).append(" samples, ");
            out.append(String.format(Locale.ROOT, "%.3f ms]", ms(reading.nanos())));
        } else if (operation.selector() != null) {
            out.append("  [read: shared with another selector, or not at all]");
        }
    }

    private static double ms(long nanos) {
        return nanos / NANOS_PER_MS;
    }

    private long own(Operation operation, Profile.Work work) {
        return Math.max(0, work.nanos() - below(operation));
    }

    /// Time of the nearest operators below whose time is known.
    private long below(Operation operation) {
        long nanos = 0;
        for (Operation input : operation.inputs()) {
            Profile.Work work = profile == null ? null : profile.work(input.plan());
            nanos += work == null ? below(input) : work.nanos();
        }
        return nanos;
    }

    /// Maps, lists, texts and numbers, as JSON has them.
    public Map<String, @Nullable Object> toJson() {
        return json(root);
    }

    private Map<String, @Nullable Object> json(Operation operation) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("operator", operation.name());
        if (!operation.detail().isEmpty()) {
            node.put("detail", operation.detail());
        }
        SelectorPlan selector = operation.selector();
        if (selector != null) {
            node.put("selector", selector(selector));
        }
        Profile.Work work = profile == null ? null : profile.work(operation.plan());
        if (work != null) {
            Map<String, @Nullable Object> done = new LinkedHashMap<>();
            done.put("series", work.series());
            done.put("milliseconds", ms(work.nanos()));
            done.put("ownMilliseconds", ms(own(operation, work)));
            node.put("done", done);
        }
        if (!operation.inputs().isEmpty()) {
            List<@Nullable Object> inputs = new ArrayList<>();
            operation.inputs().forEach(input -> inputs.add(json(input)));
            node.put("inputs", inputs);
        }
        return node;
    }

    private Map<String, @Nullable Object> selector(SelectorPlan selector) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        List<@Nullable Object> matchers = new ArrayList<>();
        for (LabelMatcher matcher : selector.matchers()) {
            matchers.add(matcher.toString());
        }
        node.put("matchers", matchers);
        if (!selector.partners().isEmpty()) {
            List<@Nullable Object> partners = new ArrayList<>();
            selector.partners().forEach(matcher -> partners.add(matcher.toString()));
            node.put("partners", partners);
        }
        node.put("startMs", selector.read().minMs());
        node.put("endMs", selector.read().maxMs());
        Estimator.Estimate estimate = estimates.get(selector);
        if (estimate != null) {
            node.put("estimatedSeries", estimate.series());
            if (estimate.samples() != 0) {
                node.put("estimatedSamples", estimate.samples());
            }
        }
        Profile.Reading reading = profile == null ? null : profile.reading(selector);
        if (reading != null) {
            node.put("series", reading.series());
            node.put("chunks", reading.chunks());
            node.put("bytes", reading.bytes());
            node.put("samples", reading.samples());
            node.put("milliseconds", ms(reading.nanos()));
        }
        return node;
    }
}
