package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.Spans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/// Histograms in the form of the golden dumps.
@NullMarked
final class GoldenHistograms {
    private GoldenHistograms() {}

    static String hex(double value) {
        return HexFormat.of().toHexDigits(Double.doubleToRawLongBits(value));
    }

    static Map<String, Object> dump(Histogram histogram) {
        Map<String, Object> dump = new LinkedHashMap<>();
        dump.put("k", "int");
        dump.put("hint", hint(histogram.hint()));
        dump.put("schema", (long) histogram.schema());
        dump.put("zt", hex(histogram.zeroThreshold()));
        dump.put("zc", histogram.zeroCount());
        dump.put("count", histogram.count());
        dump.put("sum", hex(histogram.sum()));
        dump.put("ps", spans(histogram.positiveSpans()));
        dump.put("ns", spans(histogram.negativeSpans()));
        dump.put("pb", Arrays.stream(histogram.positiveDeltas()).boxed().toList());
        dump.put("nb", Arrays.stream(histogram.negativeDeltas()).boxed().toList());
        putBounds(dump, histogram.customValues());
        return dump;
    }

    static Map<String, Object> dump(FloatHistogram histogram) {
        Map<String, Object> dump = new LinkedHashMap<>();
        dump.put("k", "float");
        dump.put("hint", hint(histogram.hint()));
        dump.put("schema", (long) histogram.schema());
        dump.put("zt", hex(histogram.zeroThreshold()));
        dump.put("zc", hex(histogram.zeroCount()));
        dump.put("count", hex(histogram.count()));
        dump.put("sum", hex(histogram.sum()));
        dump.put("ps", spans(histogram.positiveSpans()));
        dump.put("ns", spans(histogram.negativeSpans()));
        dump.put("pb", floats(histogram.positiveBuckets()));
        dump.put("nb", floats(histogram.negativeBuckets()));
        putBounds(dump, histogram.customValues());
        return dump;
    }

    private static void putBounds(Map<String, Object> dump, double[] bounds) {
        if (bounds.length > 0) {
            dump.put("cv", floats(bounds));
        }
    }

    private static String hint(CounterResetHint hint) {
        return hint.name().toLowerCase(Locale.ROOT);
    }

    private static List<?> spans(Spans spans) {
        List<Object> pairs = new ArrayList<>();
        for (int i = 0; i < spans.count(); i++) {
            pairs.add(List.of((long) spans.offset(i), (long) spans.length(i)));
        }
        return pairs;
    }

    private static List<String> floats(double[] values) {
        return Arrays.stream(values).mapToObj(GoldenHistograms::hex).toList();
    }
}
