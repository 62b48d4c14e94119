package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.Matching;
import java.util.HashSet;
import java.util.Set;

/// The labels of a matched pair.
final class MatchedLabels {
    private final Matching matching;
    private final boolean dropsName;
    private final Set<String> listed;

    MatchedLabels(BinaryOperator operator, boolean returnBool, Matching matching) {
        this.matching = matching;
        // Unlike elsewhere, the name of a matched pair goes at once, even with delayed name removal.
        dropsName = PairKernel.dropsName(operator, returnBool);
        listed = new HashSet<>(matching.labels());
    }

    /// @param many the left side, or the one that may have several matches
    Labels of(Labels many, Labels one) {
        Labels result = dropsName ? Names.drop(many) : many;
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
            result = matching.on() ? result.only(listed) : result.without(listed);
        }
        if (matching.include().isEmpty()) {
            return result;
        }
        Labels.Builder builder = result.toBuilder();
        for (String name : matching.include()) {
            builder.set(name, one.get(name));
        }
        return builder.build();
    }
}
