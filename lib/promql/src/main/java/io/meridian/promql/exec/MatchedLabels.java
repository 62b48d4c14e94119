package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.Matching;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The labels of a matched pair.
final class MatchedLabels {
    private final Matching matching;
    private final boolean dropsName;
    private final boolean marks;
    private final Set<String> listed;

    /// @param delayed whether names are dropped at the end of the query
    MatchedLabels(BinaryOperator operator, boolean returnBool, Matching matching, boolean delayed) {
        this.matching = matching;
        // Unlike elsewhere, the name of a pair goes at once in arithmetic, even with delayed name removal.
        dropsName = PairKernel.dropsName(operator, returnBool) && !(delayed && returnBool);
        marks = delayed && returnBool;
        listed = new HashSet<>(matching.labels());
    }

    /// The marks of that many results whose names are to be dropped.
    boolean @Nullable [] marks(int size) {
        return Names.marked(size, marks);
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
