package io.meridian.promql.histogram;

/// Logarithms and powers of two with the rounding of Go's `math`, which differs from Java's in the last bit.
public final class GoLog {
    private static final double LN_2_HIGH = 0.6931471803691238;
    private static final double LN_2_LOW = 1.9082149292705877e-10;
    private static final double LOG_1 = 0.6666666666666735;
    private static final double LOG_2 = 0.3999999999940942;
    private static final double LOG_3 = 0.2857142874366239;
    private static final double LOG_4 = 0.22222198432149784;
    private static final double LOG_5 = 0.1818357216161805;
    private static final double LOG_6 = 0.15313837699209373;
    private static final double LOG_7 = 0.14798198605116586;
    private static final double EXP_1 = 0.16666666666666602;
    private static final double EXP_2 = -0.0027777777777015593;
    private static final double EXP_3 = 6.613756321437934e-5;
    private static final double EXP_4 = -1.6533902205465252e-6;
    private static final double EXP_5 = 4.1381367970572385e-8;

    private GoLog() {}

    public static double log2(double x) {
        if (!(x > 0) || Double.isInfinite(x)) {
            return special(x);
        }
        int exponent = exponent(x);
        double fraction = fraction(x, exponent);
        if (fraction == 0.5) {
            return exponent - 1;
        }
        return ln(fraction) * 1.4426950408889634 + exponent;
    }

    private static double special(double x) {
        if (x == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return x > 0 ? x : Double.NaN;
    }

    /// The exponent that leaves a fraction in [0.5, 1).
    private static int exponent(double x) {
        return x < Double.MIN_NORMAL ? Math.getExponent(x * 0x1p60) - 59 : Math.getExponent(x) + 1;
    }

    private static double fraction(double x, int exponent) {
        return x < Double.MIN_NORMAL
                ? Math.scalb(x * 0x1p60, -(exponent + 60))
                : Math.scalb(x, -exponent / 2 - (exponent - exponent / 2));
    }

    public static double ln(double x) {
        if (!(x > 0) || Double.isInfinite(x)) {
            return special(x);
        }
        int exponent = exponent(x);
        double fraction = fraction(x, exponent);
        if (fraction < Math.sqrt(2) / 2) {
            fraction *= 2;
            exponent--;
        }
        double f = fraction - 1;
        double s = f / (2 + f);
        double u = s * s;
        double w = u * u;
        double odd = u * (LOG_1 + w * (LOG_3 + w * (LOG_5 + w * LOG_7)));
        double even = w * (LOG_2 + w * (LOG_4 + w * LOG_6));
        double r = odd + even;
        double h = 0.5 * f * f;
        return exponent * LN_2_HIGH - ((h - (s * (h + r) + exponent * LN_2_LOW)) - f);
    }

    public static double exp2(double x) {
        if (Double.isNaN(x) || x == Double.POSITIVE_INFINITY) {
            return x;
        }
        if (x > 1023.9999999999999) {
            return Double.POSITIVE_INFINITY;
        }
        if (x < -1074.0) {
            return 0;
        }
        int k = (int) (x > 0 ? x + 0.5 : x < 0 ? x - 0.5 : 0);
        double t = x - k;
        double high = t * LN_2_HIGH;
        double low = -t * LN_2_LOW;
        double r = high - low;
        double m = r * r;
        double c = r - m * (EXP_1 + m * (EXP_2 + m * (EXP_3 + m * (EXP_4 + m * EXP_5))));
        double y = 1 - ((low - (r * c) / (2 - c)) - high);
        return Math.scalb(y, k);
    }
}
