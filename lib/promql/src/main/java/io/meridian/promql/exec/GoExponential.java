package io.meridian.promql.exec;

/// Exponential and hyperbolic functions with the rounding of Go on amd64, whose `exp` is Shibata's: a Taylor series at
/// a sixteenth of the reduced argument, then four doublings, with fused multiply-adds.
@SuppressWarnings("FloatingPointLiteralPrecision")
final class GoExponential {
    private static final double LOG_2_E = 1.4426950408889634074;
    private static final double LN_2_HIGH = 0.69314718055966295651160180568695068359375;
    private static final double LN_2_LOW = 0.28235290563031577122588448175013436e-12;

    /// From here on every result is infinite.
    private static final double EXP_MAX = 7.09782712893384e+02;

    /// Below, every result is 0.
    private static final double EXP_MIN = -745.14;

    /// A power of two that is not finite.
    private static final int EXPONENT_MAX = Double.MAX_EXPONENT + 1;

    /// 1/8! to 1/2!
    private static final double[] TAYLOR = {1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5};

    /// From here on `exp(-x)` is beyond the last bit of `exp(x)`.
    private static final double HYPERBOLIC_LARGE = 21;

    // Hart's approximation of sinh on [0, 0.5].
    private static final double[] SINH_P = {
        -0.2630563213397497062819489e+2,
        -0.2894211355989563807284660366e+4,
        -0.8991272022039509355398013511e+5,
        -0.6307673640497716991184787251e+6
    };
    private static final double[] SINH_Q = {
        1, -0.173678953558233699533450911e+3, 0.1521517378790019070696485176e+5, -0.6307673640497716991212077277e+6
    };

    // The Cephes library's approximation of tanh on [0, 0.625].
    private static final double[] TANH_P = {
        -9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3
    };
    private static final double[] TANH_Q = {
        1, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3
    };
    private static final double TANH_ONE = 0.5 * 8.8029691931113054295988e+01;

    private GoExponential() {}

    static double exp(double x) {
        if (Double.isNaN(x) || x == Double.POSITIVE_INFINITY) {
            return x;
        }
        if (x > EXP_MAX) {
            return Double.POSITIVE_INFINITY;
        }
        if (x < EXP_MIN) {
            return 0;
        }
        int exponent = (int) Math.rint(x * LOG_2_E);
        double rest = Math.fma(-LN_2_LOW, exponent, Math.fma(-LN_2_HIGH, exponent, x)) * 0.0625;
        double sum = TAYLOR[0];
        for (int i = 1; i < TAYLOR.length; i++) {
            sum = Math.fma(sum, rest, TAYLOR[i]);
        }
        double lessOne = rest * Math.fma(sum, rest, 1);
        for (int i = 0; i < 3; i++) {
            lessOne *= lessOne + 2;
        }
        double power = Math.fma(lessOne, lessOne + 2, 1);
        return exponent >= EXPONENT_MAX ? Double.POSITIVE_INFINITY : Math.scalb(power, exponent);
    }

    static double sinh(double x) {
        double a = Math.abs(x);
        if (a <= 0.5) {
            double square = a * a;
            return Math.copySign(polynomial(SINH_P, square) * a / polynomial(SINH_Q, square), x);
        }
        double power = exp(a);
        double result = a > HYPERBOLIC_LARGE ? power * 0.5 : (power - 1 / power) * 0.5;
        return Double.isNaN(x) ? x : Math.copySign(result, x);
    }

    static double cosh(double x) {
        double a = Math.abs(x);
        double power = exp(a);
        return a > HYPERBOLIC_LARGE ? power * 0.5 : (power + 1 / power) * 0.5;
    }

    static double tanh(double x) {
        double a = Math.abs(x);
        if (x == 0 || Double.isNaN(x)) {
            return x;
        }
        if (a > TANH_ONE) {
            return Math.copySign(1, x);
        }
        if (a >= 0.625) {
            return Math.copySign(1 - 2 / (exp(2 * a) + 1), x);
        }
        double square = x * x;
        return x + x * square * polynomial(TANH_P, square) / polynomial(TANH_Q, square);
    }

    private static double polynomial(double[] coefficients, double x) {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            sum = sum * x + coefficients[i];
        }
        return sum;
    }
}
