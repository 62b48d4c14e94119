package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import java.math.BigDecimal;
import java.math.MathContext;

/// Where the buckets of native histograms begin and end (Prometheus `model/histogram`).
public final class HistogramBounds {
    private static final int TABLE_SCHEMA = 8;

    /// What Prometheus' table has less than the nearest double, in units of 2^-53 (`+`: one unit more).
    private static final String DEVIATIONS = "00000010001000000012001111111111001000100111001100110+1100110011"
            + "0000001111221021001000100001000000010+00102200110111001010221111"
            + "1010112211211011111111212122212200110010112210221122101121221121"
            + "1132112122322232222222333344324311211222213311222132112222432233";

    /// 2^(i/256-1) for i in 0..255, with the deviations from the nearest double that Prometheus' table has.
    private static final double[] FRACTIONS = fractions();

    private HistogramBounds() {}

    /// Upper bound of the positive bucket at `index`; the negative one mirrors it.
    public static double upper(FloatHistogram histogram, int index) {
        return histogram.hasCustomBounds()
                ? customUpper(histogram.customValues(), index)
                : exponentialUpper(histogram.schema(), index);
    }

    /// Lower bound of the positive bucket at `index`.
    public static double lower(FloatHistogram histogram, int index) {
        return upper(histogram, index - 1);
    }

    /// The last of the n+1 buckets of n bounds ends at +Inf, the first begins at -Inf.
    public static double customUpper(double[] customValues, int index) {
        if (index < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return index < customValues.length ? customValues[index] : Double.POSITIVE_INFINITY;
    }

    /// @param schema an exponential schema up to 8; lower ones are coarser
    public static double exponentialUpper(int schema, int index) {
        if (schema <= 0) {
            long exponent = (long) index << Math.min(-schema, 31);
            if (exponent == Double.MAX_EXPONENT + 1) {
                return Double.MAX_VALUE;
            }
            return Math.scalb(1.0, Math.clamp(exponent, -2000, 2000));
        }
        double fraction = FRACTIONS[(index & ((1 << schema) - 1)) << (TABLE_SCHEMA - schema)];
        int exponent = (index >> schema) + 1;
        if (fraction == 0.5 && exponent == Double.MAX_EXPONENT + 2) {
            return Double.MAX_VALUE;
        }
        return Math.scalb(fraction, exponent);
    }

    private static double[] fractions() {
        var precision = new MathContext(40);
        BigDecimal step = BigDecimal.TWO;
        for (int i = 0; i < TABLE_SCHEMA; i++) {
            step = step.sqrt(precision);
        }
        double[] table = new double[1 << TABLE_SCHEMA];
        BigDecimal exact = new BigDecimal("0.5");
        for (int i = 0; i < table.length; i++) {
            char deviation = DEVIATIONS.charAt(i);
            double unit = 0x1p-53;
            table[i] = exact.doubleValue() + (deviation == '+' ? unit : -unit * (deviation - '0'));
            exact = exact.multiply(step, precision);
        }
        return table;
    }
}
