package io.meridian.promql.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.promql.parse.Expr;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The labels with which absent() answers: what the selector's equality matchers promise.
final class AbsentLabels {
    private AbsentLabels() {}

    static Labels of(Expr argument) {
        return switch (argument) {
            case Expr.VectorSelector selector -> of(selector.matchers());
            case Expr.MatrixSelector matrix -> of(matrix.selector().matchers());
            default -> Labels.empty();
        };
    }

    private static Labels of(List<LabelMatcher> matchers) {
        Labels.Builder labels = Labels.empty().toBuilder();
        Set<String> seen = new HashSet<>();
        for (LabelMatcher matcher : matchers) {
            if (matcher.name().equals(Labels.METRIC_NAME)) {
                continue;
            }
            if (matcher.type() == LabelMatcher.Type.EQUAL && seen.add(matcher.name())) {
                labels.set(matcher.name(), matcher.value());
            } else {
                labels.remove(matcher.name());
            }
        }
        return labels.build();
    }
}
