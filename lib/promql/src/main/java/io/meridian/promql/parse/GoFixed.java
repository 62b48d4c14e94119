package io.meridian.promql.parse;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Go's `%.Nf`.
final class GoFixed {
    private GoFixed() {}

    static String format(double value, int decimals) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        String text =
                new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
        boolean negativeZero = Math.copySign(1, value) < 0 && !text.startsWith("-");
        return negativeZero ? "-" + text : text;
    }
}
