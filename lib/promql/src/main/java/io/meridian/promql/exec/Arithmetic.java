package io.meridian.promql.exec;

import io.meridian.promql.parse.BinaryOperator;

/// Binary operators of two floats, one by one and by column. Columns keep [Column#ABSENT] where either side has it.
final class Arithmetic {
    private Arithmetic() {}

    /// The result of an arithmetic operator; 1 or 0 of a comparison.
    static double apply(BinaryOperator operator, double left, double right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUB -> left - right;
            case MUL -> left * right;
            case DIV -> left / right;
            case MOD -> left % right;
            case POW -> GoPower.pow(left, right);
            case ATAN2 -> GoTrigonometry.atan2(left, right);
            case EQL, NEQ, LTE, LSS, GTE, GTR -> compare(operator, left, right) ? 1 : 0;
            case TRIM_UPPER, TRIM_LOWER, AND, OR, UNLESS ->
                throw new IllegalArgumentException("not an operator of floats: " + operator);
        };
    }

    static boolean compare(BinaryOperator operator, double left, double right) {
        return switch (operator) {
            case EQL -> left == right;
            case NEQ -> left != right;
            case LTE -> left <= right;
            case LSS -> left < right;
            case GTE -> left >= right;
            case GTR -> left > right;
            default -> throw new IllegalArgumentException("not a comparison: " + operator);
        };
    }

    /// `out = left op right`; `out` may be one of the two.
    static void columns(BinaryOperator operator, double[] left, double[] right, double[] out) {
        switch (operator) {
            case ADD -> {
                for (int k = 0; k < out.length; k++) {
                    out[k] = bothPresent(left[k], right[k]) ? left[k] + right[k] : Column.ABSENT;
                }
            }
            case SUB -> {
                for (int k = 0; k < out.length; k++) {
                    out[k] = bothPresent(left[k], right[k]) ? left[k] - right[k] : Column.ABSENT;
                }
            }
            case MUL -> {
                for (int k = 0; k < out.length; k++) {
                    out[k] = bothPresent(left[k], right[k]) ? left[k] * right[k] : Column.ABSENT;
                }
            }
            case DIV -> {
                for (int k = 0; k < out.length; k++) {
                    out[k] = bothPresent(left[k], right[k]) ? left[k] / right[k] : Column.ABSENT;
                }
            }
            default -> {
                for (int k = 0; k < out.length; k++) {
                    out[k] = bothPresent(left[k], right[k]) ? apply(operator, left[k], right[k]) : Column.ABSENT;
                }
            }
        }
    }

    /// Keeps `kept` where the comparison holds.
    static void filter(BinaryOperator operator, double[] left, double[] right, double[] kept, double[] out) {
        for (int k = 0; k < out.length; k++) {
            boolean holds = bothPresent(left[k], right[k]) && compare(operator, left[k], right[k]);
            out[k] = holds ? kept[k] : Column.ABSENT;
        }
    }

    private static boolean bothPresent(double left, double right) {
        return !Column.isAbsent(left) && !Column.isAbsent(right);
    }
}
