package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import org.jspecify.annotations.Nullable;

/// One place in a line of the series notation: nothing, a float, or a histogram.
///
/// @param hintGiven whether the histogram was written with a `counter_reset_hint`
record ScriptValue(boolean omitted, double value, @Nullable FloatHistogram histogram, boolean hintGiven) {
    static final ScriptValue OMITTED = new ScriptValue(true, 0, null, false);

    static ScriptValue of(double value) {
        return new ScriptValue(false, value, null, false);
    }

    static ScriptValue of(FloatHistogram histogram, boolean hintGiven) {
        return new ScriptValue(false, 0, histogram, hintGiven);
    }

    String text() {
        if (omitted) {
            return "_";
        }
        return histogram == null ? io.meridian.model.GoFloat.fixed(value) : histogram.toString();
    }
}
