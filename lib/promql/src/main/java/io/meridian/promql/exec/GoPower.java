package io.meridian.promql.exec;

/// Powers with Go's rounding: the whole part of the exponent by squaring of the mantissa, the rest by exp and log.
final class GoPower {
    private static final int EXPONENT_MAX = 1 << 12;

    private GoPower() {}

    static double pow(double base, double exponent) {
        if (exponent == 0 || base == 1) {
            return 1;
        }
        if (exponent == 1) {
            return base;
        }
        if (base == -1 && Double.isInfinite(exponent)) {
            return 1;
        }
        boolean ordinary = base != 0 && Double.isFinite(base) && Double.isFinite(exponent);
        if (!ordinary || Math.abs(exponent) >= 0x1p63) {
            return StrictMath.pow(base, exponent);
        }
        if (Math.abs(exponent) == 0.5) {
            double root = StrictMath.sqrt(base);
            return exponent > 0 ? root : 1 / root;
        }
        double whole = Math.floor(Math.abs(exponent));
        double rest = Math.abs(exponent) - whole;
        return rest != 0 && base < 0 ? Double.NaN : finite(base, whole, rest, exponent < 0);
    }

    private static double finite(double base, double whole, double rest, boolean inverse) {
        double power = 1;
        double squarings = whole;
        if (rest > 0.5) {
            squarings++;
            power = GoExponential.exp((rest - 1) * GoMath.log(base));
        } else if (rest != 0) {
            power = GoExponential.exp(rest * GoMath.log(base));
        }
        int scale = GoMath.binaryExponent(base);
        double mantissa = scaled(base, -scale);
        int powerScale = 0;
        for (long left = (long) squarings; left != 0; left >>= 1) {
            if (Math.abs(scale) > EXPONENT_MAX) {
                powerScale += scale;
                break;
            }
            if ((left & 1) == 1) {
                power *= mantissa;
                powerScale += scale;
            }
            mantissa *= mantissa;
            scale <<= 1;
            if (mantissa < 0.5) {
                mantissa += mantissa;
                scale--;
            }
        }
        return inverse ? scaled(1 / power, -powerScale) : scaled(power, powerScale);
    }

    /// `value · 2^exponent`, rounded once.
    private static double scaled(double value, int exponent) {
        return Math.scalb(value, exponent);
    }
}
