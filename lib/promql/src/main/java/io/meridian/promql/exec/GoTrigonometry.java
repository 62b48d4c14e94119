package io.meridian.promql.exec;

/// Trigonometry by the Cephes library's approximations, which Go uses too: Java's differ in the last bit.
@SuppressWarnings("FloatingPointLiteralPrecision")
final class GoTrigonometry {
    private static final double TAN_3_PI_8 = 2.414213562373095;
    private static final double ATAN_REST = 6.123233995736766E-17;
    private static final double[] ATAN_P = {
        -0.8750608600031904, -16.157537187333652, -75.00855792314705, -122.88666844901361, -64.85021904942025
    };
    private static final double[] ATAN_Q = {
        1, 24.858464901423062, 165.02700983169885, 432.88106049129027, 485.3903996359137, 194.5506571482614
    };
    private static final double[] SIN = {
        1.5896230157654656E-10,
        -2.5050747762857807E-8,
        2.7557313621385722E-6,
        -0.0001984126982958954,
        0.008333333333322118,
        -0.1666666666666663
    };
    private static final double[] COS = {
        -1.1358536521387682E-11,
        2.087570084197473E-9,
        -2.755731417929674E-7,
        2.4801587288851704E-5,
        -0.0013888888888873056,
        0.041666666666666595
    };
    private static final double[] TAN_P = {-13093.693918138379, 1.15351664838587416140e6, -1.79565251976484877988e7};
    private static final double[] TAN_Q = {
        1, 1.36812963470692954678e4, -1.32089234440210967447e6, 2.50083801823357915839e7, -5.38695755929454629881e7
    };

    /// Quarter of pi in three parts, so that multiples of it are subtracted without loss.
    private static final double[] PI_4 = {0.7853981256484985, 3.774894707930798E-8, 2.6951514290790595E-15};

    /// From here on another reduction is needed.
    private static final double REDUCIBLE_MAX = 0x1p29;

    private GoTrigonometry() {}

    private static double polynomial(double[] coefficients, double x) {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            sum = sum * x + coefficients[i];
        }
        return sum;
    }

    static double atan(double x) {
        return x == 0 ? x : Math.copySign(atanOfPositive(Math.abs(x)), x);
    }

    private static double atanOfPositive(double x) {
        if (x <= 0.66) {
            return atanOfSmall(x);
        }
        if (x > TAN_3_PI_8) {
            return Math.PI / 2 - atanOfSmall(1 / x) + ATAN_REST;
        }
        return Math.PI / 4 + atanOfSmall((x - 1) / (x + 1)) + 0.5 * ATAN_REST;
    }

    private static double atanOfSmall(double x) {
        double square = x * x;
        double factor = square * polynomial(ATAN_P, square) / polynomial(ATAN_Q, square);
        return x * factor + x;
    }

    static double asin(double x) {
        double a = Math.abs(x);
        if (x == 0 || !(a <= 1)) {
            return x == 0 ? x : Double.NaN;
        }
        double root = StrictMath.sqrt(1 - a * a);
        double angle = a > 0.7 ? Math.PI / 2 - atanOfPositive(root / a) : atanOfPositive(a / root);
        return Math.copySign(angle, x);
    }

    static double acos(double x) {
        return Math.PI / 2 - asin(x);
    }

    static double atan2(double y, double x) {
        if (y == 0 || x == 0 || !Double.isFinite(x) || !Double.isFinite(y)) {
            return StrictMath.atan2(y, x);
        }
        double angle = atan(y / x);
        if (x >= 0) {
            return angle;
        }
        return angle <= 0 ? angle + Math.PI : angle - Math.PI;
    }

    static double sin(double x) {
        if (x == 0 || !Double.isFinite(x)) {
            return x == 0 ? x : Double.NaN;
        }
        double a = Math.abs(x);
        LargeAngle large = a < REDUCIBLE_MAX ? null : LargeAngle.of(a);
        long octant = large == null ? octant(a) : large.octant();
        double rest = large == null ? reduced(a, octant) : large.rest();
        boolean negative = x < 0 ^ (octant & 7) > 3;
        double result = (octant & 3) == 2 ? cosOfSmall(rest) : sinOfSmall(rest);
        return negative ? -result : result;
    }

    static double cos(double x) {
        if (!Double.isFinite(x)) {
            return Double.NaN;
        }
        double a = Math.abs(x);
        LargeAngle large = a < REDUCIBLE_MAX ? null : LargeAngle.of(a);
        long octant = large == null ? octant(a) : large.octant();
        double rest = large == null ? reduced(a, octant) : large.rest();
        boolean negative = (octant & 7) > 3 ^ (octant & 3) > 1;
        double result = (octant & 3) == 2 ? sinOfSmall(rest) : cosOfSmall(rest);
        return negative ? -result : result;
    }

    static double tan(double x) {
        if (x == 0 || !Double.isFinite(x)) {
            return x == 0 ? x : Double.NaN;
        }
        double a = Math.abs(x);
        LargeAngle large = a < REDUCIBLE_MAX ? null : LargeAngle.of(a);
        long octant = large == null ? octant(a) : large.octant();
        double rest = large == null ? reduced(a, octant) : large.rest();
        double square = rest * rest;
        double result = rest;
        if (square > 1e-14) {
            result = rest + rest * (square * polynomial(TAN_P, square) / polynomial(TAN_Q, square));
        }
        if ((octant & 2) == 2) {
            result = -1 / result;
        }
        return x < 0 ? -result : result;
    }

    /// The eighth of the circle, odd ones counted to the next.
    private static long octant(double a) {
        long octant = (long) (a * (4 / Math.PI));
        return octant + (octant & 1);
    }

    private static double reduced(double a, long octant) {
        return ((a - octant * PI_4[0]) - octant * PI_4[1]) - octant * PI_4[2];
    }

    private static double sinOfSmall(double x) {
        double square = x * x;
        return x + x * square * polynomial(SIN, square);
    }

    private static double cosOfSmall(double x) {
        double square = x * x;
        return 1 - 0.5 * square + square * square * polynomial(COS, square);
    }
}
