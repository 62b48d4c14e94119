package io.meridian.promql.exec;

import io.meridian.model.histogram.GoLogarithm;

/// Where Go's `math` gives other results than Java's.
final class GoMath {
    private GoMath() {}

    /// Infinity beats NaN; otherwise NaN wins; +0 is above −0.
    static double max(double a, double b) {
        if (a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.max(a, b);
    }

    /// −Infinity beats NaN; otherwise NaN wins; −0 is below +0.
    static double min(double a, double b) {
        if (a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY) {
            return Double.NEGATIVE_INFINITY;
        }
        return Math.min(a, b);
    }

    /// The natural logarithm as on amd64, where a denormal number is taken as if its leading bit were set.
    static double log(double x) {
        return x > 0 && x < Double.MIN_NORMAL
                ? GoLogarithm.log(Math.scalb(1 + x / Double.MIN_NORMAL, -1023))
                : GoLogarithm.log(x);
    }

    /// The power of two above the magnitude of a finite number that is not 0.
    static int binaryExponent(double x) {
        return Math.abs(x) < Double.MIN_NORMAL ? Math.getExponent(x * 0x1p60) - 59 : Math.getExponent(x) + 1;
    }

    private static final double LN_2 = 0.6931471805599453;
    private static final double INVERSE_LN_10 = 0.4342944819032518;

    static double log10(double x) {
        return log(x) * INVERSE_LN_10;
    }

    /// To the nearest multiple of `to`, whose inverse is given.
    static double round(double x, double inverse) {
        return Math.floor(x * inverse + 0.5) / inverse;
    }

    static double asinh(double x) {
        double a = Math.abs(x);
        double result;
        if (a > 0x1p28) {
            result = log(a) + LN_2;
        } else if (a > 2) {
            result = log(2 * a + 1 / (StrictMath.sqrt(a * a + 1) + a));
        } else if (a < 0x1p-28) {
            result = a;
        } else {
            result = StrictMath.log1p(a + a * a / (1 + StrictMath.sqrt(1 + a * a)));
        }
        return Double.isNaN(x) ? x : Math.copySign(result, x);
    }

    static double acosh(double x) {
        if (x < 1 || Double.isNaN(x)) {
            return Double.NaN;
        }
        if (x == 1) {
            return 0;
        }
        if (x >= 0x1p28) {
            return log(x) + LN_2;
        }
        if (x > 2) {
            return log(2 * x - 1 / (x + StrictMath.sqrt(x * x - 1)));
        }
        double t = x - 1;
        return StrictMath.log1p(t + StrictMath.sqrt(2 * t + t * t));
    }

    static double atanh(double x) {
        if (x < -1 || x > 1 || Double.isNaN(x)) {
            return Double.NaN;
        }
        if (x == 1) {
            return Double.POSITIVE_INFINITY;
        }
        if (x == -1) {
            return Double.NEGATIVE_INFINITY;
        }
        double a = Math.abs(x);
        double result;
        if (a < 0x1p-28) {
            result = a;
        } else if (a < 0.5) {
            double t = a + a;
            result = 0.5 * StrictMath.log1p(t + t * a / (1 - a));
        } else {
            result = 0.5 * StrictMath.log1p((a + a) / (1 - a));
        }
        return Math.copySign(result, x);
    }
}
