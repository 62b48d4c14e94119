package io.meridian.promql.oracle;

import io.meridian.promql.parse.BinaryOperator;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Functions and operators of single floats.
final class Numbers {
    private Numbers() {}

    static double max(double a, double b) {
        if (a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.max(a, b);
    }

    static double min(double a, double b) {
        if (a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY) {
            return Double.NEGATIVE_INFINITY;
        }
        return Math.min(a, b);
    }

    static double power(double base, double exponent) {
        return base == 1 || base == -1 && Double.isInfinite(exponent) ? 1 : StrictMath.pow(base, exponent);
    }

    static boolean compares(BinaryOperator operator, double a, double b) {
        return switch (operator) {
            case EQL -> a == b;
            case NEQ -> a != b;
            case LTE -> a <= b;
            case LSS -> a < b;
            case GTE -> a >= b;
            case GTR -> a > b;
            default -> throw new Undecided(operator.text());
        };
    }

    static double binary(BinaryOperator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MOD -> a % b;
            case POW -> power(a, b);
            case ATAN2 -> StrictMath.atan2(a, b);
            default -> compares(operator, a, b) ? 1 : 0;
        };
    }

    static double function(String name, double v) {
        if (name.startsWith("l") && v > 0 && v < Double.MIN_NORMAL) {
            return undecided("the logarithm of a denormal number");
        }
        return switch (name) {
            case "abs" -> Math.abs(v);
            case "ceil" -> Math.ceil(v);
            case "floor" -> Math.floor(v);
            case "exp" -> StrictMath.exp(v);
            case "ln" -> StrictMath.log(v);
            case "log2" -> StrictMath.log(v) / StrictMath.log(2);
            case "log10" -> StrictMath.log10(v);
            case "sqrt" -> Math.sqrt(v);
            case "sgn" -> v < 0 ? -1 : v > 0 ? 1 : v;
            case "deg" -> v * 180 / Math.PI;
            case "rad" -> v * Math.PI / 180;
            case "sin" -> StrictMath.sin(v);
            case "cos" -> StrictMath.cos(v);
            case "tan" -> StrictMath.tan(v);
            case "asin" -> StrictMath.asin(v);
            case "acos" -> StrictMath.acos(v);
            case "atan" -> StrictMath.atan(v);
            case "sinh" -> StrictMath.sinh(v);
            case "cosh" -> StrictMath.cosh(v);
            case "tanh" -> StrictMath.tanh(v);
            case "asinh" ->
                Math.abs(v) < 1e-4 || Math.abs(v) > 1e100
                        ? undecided(name)
                        : Math.copySign(StrictMath.log(Math.abs(v) + Math.sqrt(v * v + 1)), v);
            case "acosh" -> v > 1e100 ? undecided(name) : StrictMath.log(v + Math.sqrt(v * v - 1));
            case "atanh" -> Math.abs(v) < 1e-4 ? undecided(name) : 0.5 * StrictMath.log((1 + v) / (1 - v));
            default -> date(name, v);
        };
    }

    private static double undecided(String name) {
        throw new Undecided(name);
    }

    private static double date(String name, double v) {
        if (!(Math.abs(v) < 1e10)) {
            throw new Undecided("a date far away");
        }
        LocalDateTime time = LocalDateTime.ofEpochSecond((long) v, 0, ZoneOffset.UTC);
        return switch (name) {
            case "day_of_month" -> time.getDayOfMonth();
            case "day_of_week" -> time.getDayOfWeek().getValue() % 7;
            case "day_of_year" -> time.getDayOfYear();
            case "days_in_month" -> time.toLocalDate().lengthOfMonth();
            case "hour" -> time.getHour();
            case "minute" -> time.getMinute();
            case "month" -> time.getMonthValue();
            case "year" -> time.getYear();
            default -> throw new Undecided(name);
        };
    }
}
