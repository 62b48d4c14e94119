package io.meridian.promql.oracle;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.model.histogram.HistogramArithmetic;
import io.meridian.model.histogram.HistogramCompaction;
import io.meridian.model.histogram.HistogramEquality;
import io.meridian.model.histogram.HistogramTrim;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Operators between vectors, and between vectors and scalars.
final class Binaries {
    private final Evaluator evaluator;

    Binaries(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    List<Element> evaluate(Expr.Binary expr, long timeMs, Evaluator.Steps steps) {
        boolean leftScalar = expr.left().type() == ValueType.SCALAR;
        if (leftScalar || expr.right().type() == ValueType.SCALAR) {
            return withScalar(expr, leftScalar, timeMs, steps);
        }
        List<Element> left = evaluator.vector(expr.left(), timeMs, steps);
        List<Element> right = evaluator.vector(expr.right(), timeMs, steps);
        Matching matching = Objects.requireNonNull(expr.matching());
        if (expr.operator().isSet()) {
            return set(expr.operator(), matching, left, right);
        }
        return matched(expr, matching, left, right);
    }

    private List<Element> withScalar(Expr.Binary expr, boolean leftScalar, long timeMs, Evaluator.Steps steps) {
        Expr vector = leftScalar ? expr.right() : expr.left();
        double scalar = evaluator.scalar(leftScalar ? expr.left() : expr.right(), timeMs, steps);
        List<Element> result = new ArrayList<>();
        for (Element element : evaluator.vector(vector, timeMs, steps)) {
            Element other = Element.of(Labels.empty(), scalar);
            Element value = leftScalar ? pair(expr, other, element) : pair(expr, element, other);
            if (value == null) {
                continue;
            }
            boolean filter = expr.operator().isComparison() && !expr.returnBool();
            Element kept = filter ? element : value.with(element.labels());
            result.add(dropsName(expr) ? kept.unnamed() : kept);
        }
        return dropsName(expr) ? Evaluator.unique(result) : result;
    }

    private static boolean isTrim(BinaryOperator operator) {
        return operator == BinaryOperator.TRIM_LOWER || operator == BinaryOperator.TRIM_UPPER;
    }

    private static boolean dropsName(Expr.Binary expr) {
        return expr.returnBool() || !expr.operator().isComparison() && !isTrim(expr.operator());
    }

    /// The value of a pair, the left side for filters; null if there is none.
    private static @Nullable Element pair(Expr.Binary expr, Element left, Element right) {
        BinaryOperator operator = expr.operator();
        FloatHistogram a = left.histogram();
        FloatHistogram b = right.histogram();
        if (operator.isComparison()) {
            boolean holds;
            if (a == null && b == null) {
                holds = Numbers.compares(operator, left.value(), right.value());
            } else if (a != null && b != null && (operator == BinaryOperator.EQL || operator == BinaryOperator.NEQ)) {
                holds = HistogramEquality.same(a, b) == (operator == BinaryOperator.EQL);
            } else {
                return null;
            }
            return expr.returnBool() ? left.with(holds ? 1.0 : 0.0) : holds ? left : null;
        }
        if (a == null && b == null) {
            return isTrim(operator) ? null : left.with(Numbers.binary(operator, left.value(), right.value()));
        }
        FloatHistogram result = histogram(operator, left, right);
        return result == null ? null : left.with(result);
    }

    private static @Nullable FloatHistogram histogram(BinaryOperator operator, Element left, Element right) {
        FloatHistogram a = left.histogram();
        FloatHistogram b = right.histogram();
        if (a != null && b != null) {
            boolean adds = operator == BinaryOperator.ADD;
            if (!adds && operator != BinaryOperator.SUB || !HistogramArithmetic.areCompatible(a, b)) {
                return null;
            }
            var combined = adds ? HistogramArithmetic.add(a, b) : HistogramArithmetic.subtract(a, b);
            return combined.hintCollision() ? null : HistogramCompaction.compact(combined.histogram());
        }
        if (a != null) {
            return switch (operator) {
                case MUL -> HistogramCompaction.compact(HistogramArithmetic.multiply(a, right.value()));
                case DIV -> HistogramCompaction.compact(HistogramArithmetic.divide(a, right.value()));
                case TRIM_UPPER -> HistogramTrim.below(a, right.value());
                case TRIM_LOWER -> HistogramTrim.above(a, right.value());
                default -> null;
            };
        }
        return b != null && operator == BinaryOperator.MUL
                ? HistogramCompaction.compact(HistogramArithmetic.multiply(b, left.value()))
                : null;
    }

    private static Labels signature(Matching matching, Labels labels) {
        return matching.on()
                ? labels.only(matching.labels())
                : labels.without(matching.labels()).without(Labels.METRIC_NAME);
    }

    private static List<Element> set(
            BinaryOperator operator, Matching matching, List<Element> left, List<Element> right) {
        Set<Labels> leftSide = new HashSet<>();
        left.forEach(element -> leftSide.add(signature(matching, element.labels())));
        Set<Labels> rightSide = new HashSet<>();
        right.forEach(element -> rightSide.add(signature(matching, element.labels())));
        List<Element> result = new ArrayList<>();
        for (Element element : left) {
            boolean found = rightSide.contains(signature(matching, element.labels()));
            if (operator == BinaryOperator.OR || found == (operator == BinaryOperator.AND)) {
                result.add(element);
            }
        }
        if (operator == BinaryOperator.OR) {
            for (Element element : right) {
                if (!leftSide.contains(signature(matching, element.labels()))) {
                    result.add(element);
                }
            }
            return Evaluator.unique(result);
        }
        return result;
    }

    private static List<Element> matched(Expr.Binary expr, Matching matching, List<Element> left, List<Element> right) {
        if (left.isEmpty() || right.isEmpty()) {
            return List.of();
        }
        boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
        Map<Labels, Element> ones = new HashMap<>();
        for (Element one : swapped ? left : right) {
            if (ones.put(signature(matching, one.labels()), one) != null) {
                throw new Refused("found duplicate series for the match group");
            }
        }
        Map<Labels, Set<Labels>> seen = new HashMap<>();
        List<Element> result = new ArrayList<>();
        for (Element many : swapped ? right : left) {
            Labels signature = signature(matching, many.labels());
            Element one = ones.get(signature);
            if (one == null) {
                continue;
            }
            Element value = swapped ? pair(expr, one, many) : pair(expr, many, one);
            Labels labels = labels(expr, matching, many.labels(), one.labels());
            boolean oneToOne = matching.cardinality() == Cardinality.ONE_TO_ONE;
            boolean comparesSameKind = expr.operator().isComparison() && many.isFloat() == one.isFloat();
            if (value == null && !comparesSameKind) {
                continue;
            }
            boolean first =
                    seen.computeIfAbsent(signature, key -> new HashSet<>()).add(oneToOne ? Labels.empty() : labels);
            if (!first) {
                throw new Refused("multiple matches for labels");
            }
            if (value != null) {
                result.add(value.with(labels));
            }
        }
        return Evaluator.unique(result);
    }

    private static Labels labels(Expr.Binary expr, Matching matching, Labels many, Labels one) {
        Labels labels = dropsName(expr) ? many.without(Labels.METRIC_NAME) : many;
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
            labels = matching.on() ? labels.only(matching.labels()) : labels.without(matching.labels());
        }
        for (String name : matching.include()) {
            labels = labels.with(name, one.get(name));
        }
        return labels;
    }
}
