package io.meridian.model.histogram;

/// Go's `math.Log2` and `math.Exp2` to the bit: both are in the numbers that interpolation within a bucket gives, and
/// Java's own differ in the last digit. The polynomials are those of FreeBSD's msun (`e_log.c`, `e_exp.c`).
@SuppressWarnings("FloatingPointLiteralPrecision")
public final class GoLogarithm {
    private static final double LN_2_HIGH = 6.93147180369123816490e-01;
    private static final double LN_2_LOW = 1.90821492927058770002e-10;
    private static final double INVERSE_LN_2 = 1.4426950408889634;
    private static final double HALF_ROOT_2 = Math.sqrt(2) / 2;

    private static final double L1 = 6.666666666666735130e-01;
    private static final double L2 = 3.999999999940941908e-01;
    private static final double L3 = 2.857142874366239149e-01;
    private static final double L4 = 2.222219843214978396e-01;
    private static final double L5 = 1.818357216161805012e-01;
    private static final double L6 = 1.531383769920937332e-01;
    private static final double L7 = 1.479819860511658591e-01;

    private static final double P1 = 1.66666666666666657415e-01;
    private static final double P2 = -2.77777777770155933842e-03;
    private static final double P3 = 6.61375632143793436117e-05;
    private static final double P4 = -1.65339022054652515390e-06;
    private static final double P5 = 4.13813679705723846039e-08;

    private static final double EXP2_MAX = 1.0239999999999999e+03;
    private static final double EXP2_MIN = -1.0740e+03;
    private static final int EXPONENT_SUBNORMAL_SHIFT = 52;

    private GoLogarithm() {}

    public static double log2(double x) {
        if (Double.isNaN(x) || x == Double.POSITIVE_INFINITY) {
            return x;
        }
        if (x <= 0) {
            return x == 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
        }
        int exponent = exponentOf(x);
        double fraction = fractionOf(x);
        if (fraction == 0.5) {
            return exponent - 1;
        }
        return log(fraction) * INVERSE_LN_2 + exponent;
    }

    /// The natural logarithm.
    public static double log(double x) {
        if (Double.isNaN(x) || x == Double.POSITIVE_INFINITY) {
            return x;
        }
        if (x <= 0) {
            return x == 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
        }
        int exponent = exponentOf(x);
        double fraction = fractionOf(x);
        if (fraction < HALF_ROOT_2) {
            fraction *= 2;
            exponent--;
        }
        double f = fraction - 1;
        double e = exponent;
        double s = f / (2 + f);
        double u = s * s;
        double w = u * u;
        double odd = u * (L1 + w * (L3 + w * (L5 + w * L7)));
        double even = w * (L2 + w * (L4 + w * L6));
        double rest = odd + even;
        double half = 0.5 * f * f;
        return e * LN_2_HIGH - ((half - (s * (half + rest) + e * LN_2_LOW)) - f);
    }

    /// The exponent that makes the fraction lie in [0.5, 1).
    private static int exponentOf(double x) {
        return x < Double.MIN_NORMAL
                ? Math.getExponent(x * 0x1p52) + 1 - EXPONENT_SUBNORMAL_SHIFT
                : Math.getExponent(x) + 1;
    }

    private static double fractionOf(double x) {
        double normal = x < Double.MIN_NORMAL ? x * 0x1p52 : x;
        long bits = Double.doubleToRawLongBits(normal);
        return Double.longBitsToDouble(bits & 0x000F_FFFF_FFFF_FFFFL | 0x3FE0_0000_0000_0000L);
    }

    public static double exp2(double x) {
        if (Double.isNaN(x) || x == Double.POSITIVE_INFINITY) {
            return x;
        }
        if (x == Double.NEGATIVE_INFINITY || x < EXP2_MIN) {
            return 0;
        }
        if (x > EXP2_MAX) {
            return Double.POSITIVE_INFINITY;
        }
        int k = 0;
        if (x > 0) {
            k = (int) (x + 0.5);
        } else if (x < 0) {
            k = (int) (x - 0.5);
        }
        double t = x - k;
        double high = t * LN_2_HIGH;
        double low = -t * LN_2_LOW;
        double r = high - low;
        double m = r * r;
        double c = r - m * (P1 + m * (P2 + m * (P3 + m * (P4 + m * P5))));
        double y = 1 - ((low - (r * c) / (2 - c)) - high);
        return Math.scalb(y, k);
    }
}
