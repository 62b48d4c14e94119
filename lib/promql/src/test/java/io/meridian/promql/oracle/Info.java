package io.meridian.promql.oracle;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.promql.parse.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `info()`: labels of info series that have the same `instance` and `job`.
final class Info {
    private final Evaluator evaluator;
    private final List<LabelMatcher> names = new ArrayList<>();
    private final List<LabelMatcher> others = new ArrayList<>();

    Info(Evaluator evaluator, Expr.Call call) {
        this.evaluator = evaluator;
        if (call.arguments().size() > 1
                && Evaluator.unwrapped(call.arguments().get(1)) instanceof Expr.VectorSelector selector) {
            for (LabelMatcher matcher : selector.matchers()) {
                (matcher.name().equals(Labels.METRIC_NAME) ? names : others).add(matcher);
            }
        }
        if (names.isEmpty()) {
            names.add(LabelMatcher.equal(Labels.METRIC_NAME, "target_info"));
        } else if (names.stream()
                .allMatch(name ->
                        name.type() == LabelMatcher.Type.NOT_EQUAL || name.type() == LabelMatcher.Type.NOT_REGEX)) {
            names.add(LabelMatcher.of(LabelMatcher.Type.REGEX, Labels.METRIC_NAME, ".+_info"));
        }
    }

    List<Element> evaluate(Expr operand, long timeMs, Evaluator.Steps steps) {
        List<Element> input = evaluator.vector(operand, timeMs, steps);
        Expr.VectorSelector first = firstSelector(operand);
        if (first == null) {
            throw new Undecided("info() without a selector");
        }
        List<Element> result = new ArrayList<>();
        for (Element element : input) {
            Labels labels = element.labels();
            boolean isInfo = names.stream().allMatch(name -> name.matches(labels.metricName()));
            boolean hasIds = labels.has("instance") || labels.has("job");
            Labels enriched = isInfo ? labels : enriched(labels, hasIds ? first : null, timeMs);
            if (enriched != null) {
                result.add(element.with(enriched));
            }
        }
        return Evaluator.unique(result);
    }

    /// The labels with those of the info series, null if the element is left out.
    private @Nullable Labels enriched(Labels labels, Expr.@Nullable VectorSelector place, long timeMs) {
        List<LabelMatcher> matchers = new ArrayList<>(names);
        matchers.addAll(others);
        matchers.add(LabelMatcher.equal("instance", labels.get("instance")));
        matchers.add(LabelMatcher.equal("job", labels.get("job")));
        List<Element> found = place == null
                ? List.of()
                : evaluator.select(
                        new Expr.VectorSelector("", matchers, place.modifiers(), Expr.Extension.NONE, place.span()),
                        timeMs,
                        false);
        if (found.isEmpty()) {
            return others.stream().allMatch(LabelMatcher::matchesEmpty) ? labels : null;
        }
        if (found.stream().map(one -> one.labels().metricName()).distinct().count() < found.size()) {
            throw new Undecided("two info series of one name");
        }
        Map<String, String> added = new HashMap<>();
        for (Element one : found) {
            for (int i = 0; i < one.labels().size(); i++) {
                String name = one.labels().name(i);
                boolean wanted = !name.equals(Labels.METRIC_NAME)
                        && (others.isEmpty()
                                || others.stream()
                                        .anyMatch(other -> other.name().equals(name)));
                if (wanted && !labels.has(name)) {
                    String before = added.put(name, one.labels().value(i));
                    if (before != null && !before.equals(one.labels().value(i))) {
                        throw new Refused("conflicting label: " + name);
                    }
                }
            }
        }
        Labels.Builder builder = labels.toBuilder();
        added.forEach(builder::set);
        return builder.build();
    }

    private static Expr.@Nullable VectorSelector firstSelector(@Nullable Expr expr) {
        return switch (expr) {
            case null -> null;
            case Expr.NumberLiteral number -> null;
            case Expr.StringLiteral string -> null;
            case Expr.VectorSelector selector -> selector;
            case Expr.MatrixSelector matrix -> matrix.selector();
            case Expr.Subquery subquery -> throw new Undecided("info() of a subquery");
            case Expr.Paren paren -> firstSelector(paren.inner());
            case Expr.Unary unary -> firstSelector(unary.operand());
            case Expr.Binary binary -> firstOf(List.of(binary.left(), binary.right()));
            case Expr.Aggregation aggregation -> {
                if (aggregation.parameter() instanceof Expr.Call) {
                    throw new Undecided("info() of an aggregation with a parameter");
                }
                yield firstSelector(aggregation.operand());
            }
            case Expr.Call call -> firstOf(call.arguments());
        };
    }

    private static Expr.@Nullable VectorSelector firstOf(List<Expr> expressions) {
        for (Expr expr : expressions) {
            Expr.VectorSelector found = firstSelector(expr);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
