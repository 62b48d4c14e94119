package io.meridian.promql.exec;

import io.meridian.model.GoFloat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Numbers as Go's `fmt` prints them in messages.
final class GoFormat {
    private GoFormat() {}

    /// `%g`.
    static String g(double value) {
        return GoFloat.general(value);
    }

    /// `%.{digits}g`: that many significant digits, an exponent where there are more before the point.
    static String g(double value, int digits) {
        if (!Double.isFinite(value) || value == 0) {
            return GoFloat.general(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent >= digits) {
            String mantissa =
                    rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString();
            int absolute = Math.abs(exponent);
            return mantissa + 'e' + (exponent < 0 ? '-' : '+') + (absolute < 10 ? "0" : "") + absolute;
        }
        return rounded.stripTrailingZeros().toPlainString();
    }
}
