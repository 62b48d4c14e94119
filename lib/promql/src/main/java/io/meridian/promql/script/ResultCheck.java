package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.GoQuote;
import io.meridian.model.Labels;
import io.meridian.promql.QueryResult;
import io.meridian.promql.ResultSeries;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares answers with what an eval expects. Every check gives null, or what is different.
final class ResultCheck {
    private final ScriptCommand.Eval eval;
    private final Map<Labels, ExpectedSeries> expected = new LinkedHashMap<>();

    ResultCheck(ScriptCommand.Eval eval) {
        this.eval = eval;
        for (ExpectedSeries series : eval.series()) {
            expected.put(series.line().labels(), series);
        }
    }

    /// The answer to the query as it is written.
    @Nullable
    String check(QueryResult result) {
        return switch (result.type()) {
            case SCALAR -> scalar(result.scalar());
            case STRING -> string(result.text());
            case VECTOR -> vector(result.series(), result.timeMs(), eval.ordered());
            case MATRIX -> matrix(result.series(), eval.grid());
        };
    }

    /// The answer at one time of the same query over a range.
    @Nullable
    String checkAt(ValueType type, List<ResultSeries> series, long timeMs) {
        if (type != ValueType.SCALAR) {
            return vector(series, timeMs, false);
        }
        if (series.size() != 1) {
            return "expected one series for a scalar, got " + series.size();
        }
        int index = indexOf(series.getFirst(), timeMs);
        return index < 0 ? "no value at " + timeMs : scalar(series.getFirst().values()[index]);
    }

    private @Nullable String scalar(double value) {
        Double wanted = eval.scalar();
        if (wanted == null) {
            return "expected " + kind() + ", got the scalar " + GoFloat.fixed(value);
        }
        return Tolerance.almostEqual(wanted, value)
                ? null
                : "expected scalar " + GoFloat.fixed(wanted) + ", got " + GoFloat.fixed(value);
    }

    private @Nullable String string(String value) {
        String wanted = eval.text();
        if (wanted == null) {
            return "expected " + kind() + ", got the string " + GoQuote.quote(value);
        }
        return wanted.equals(value)
                ? null
                : "expected string " + GoQuote.quote(wanted) + ", got " + GoQuote.quote(value);
    }

    private String kind() {
        if (eval.scalar() != null) {
            return "a scalar";
        }
        if (eval.text() != null) {
            return "a string";
        }
        return eval.ranges() ? "a range vector" : "a vector";
    }

    private @Nullable String vector(List<ResultSeries> series, long timeMs, boolean ordered) {
        if (eval.scalar() != null) {
            return "expected a scalar, got an instant vector";
        }
        Set<Labels> seen = new HashSet<>();
        int position = 0;
        for (ResultSeries one : series) {
            int index = indexOf(one, timeMs);
            if (index < 0) {
                continue;
            }
            ExpectedSeries wanted = expected.get(one.labels());
            if (wanted == null || wanted.line().values().isEmpty()) {
                return "unexpected metric " + one.labels() + " in result: " + text(one, index);
            }
            if (!seen.add(one.labels())) {
                return "metric " + one.labels() + " twice in result";
            }
            position++;
            if (ordered && wanted.position() != position) {
                return "expected metric %s at position %d, got it at %d"
                        .formatted(one.labels(), wanted.position(), position);
            }
            String difference = point(wanted.line().values().getFirst(), one, index);
            if (difference != null) {
                return difference + " for " + one.labels();
            }
        }
        return missing(seen);
    }

    private @Nullable String missing(Set<Labels> seen) {
        for (Labels labels : expected.keySet()) {
            if (!seen.contains(labels)) {
                return "expected metric " + labels + " not found in result";
            }
        }
        return null;
    }

    private @Nullable String matrix(List<ResultSeries> series, ScriptCommand.Grid grid) {
        if (eval.scalar() != null) {
            return "expected a scalar, got a range vector";
        }
        if (eval.ordered()) {
            return "expected an ordered result, got a range vector";
        }
        Set<Labels> seen = new HashSet<>();
        Labels last = null;
        for (ResultSeries one : series) {
            if (last != null && last.compareTo(one.labels()) >= 0) {
                return "series not sorted by labels: %s before %s".formatted(last, one.labels());
            }
            last = one.labels();
            ExpectedSeries wanted = expected.get(one.labels());
            if (wanted == null) {
                return "unexpected metric " + one.labels() + " in result: " + text(one);
            }
            seen.add(one.labels());
            String difference = points(wanted.line().values(), one, grid);
            if (difference != null) {
                return difference + " for " + one.labels() + ", whole series: " + text(one);
            }
        }
        return missing(seen);
    }

    private static @Nullable String points(List<ScriptValue> wanted, ResultSeries series, ScriptCommand.Grid grid) {
        int found = 0;
        for (int i = 0; i < wanted.size(); i++) {
            long timeMs = grid.startMs() + i * grid.stepMs();
            ScriptValue value = wanted.get(i);
            if (timeMs > grid.endMs()) {
                return "expected %d points, but the query's times cannot give that many".formatted(wanted.size());
            }
            int index = indexOf(series, timeMs);
            if (value.omitted()) {
                if (index >= 0) {
                    return "expected no point at %d, got %s".formatted(timeMs, text(series, index));
                }
                continue;
            }
            if (index < 0) {
                return "expected %s at %d, got none".formatted(value.text(), timeMs);
            }
            found++;
            String difference = point(value, series, index);
            if (difference != null) {
                return difference + " at " + timeMs;
            }
        }
        int actual = series.pointCount();
        return actual == found ? null : "expected %d points, got %d".formatted(found, actual);
    }

    /// Where no value is expected of an instant vector, 0 is.
    private static @Nullable String point(ScriptValue wanted, ResultSeries series, int index) {
        FloatHistogram histogram = series.histogram(index);
        FloatHistogram wantedHistogram = wanted.histogram();
        boolean same;
        if ((histogram == null) != (wantedHistogram == null)) {
            same = false;
        } else if (histogram != null && wantedHistogram != null) {
            same = Tolerance.almostEqual(wantedHistogram, wanted.hintGiven(), histogram);
        } else {
            same = Tolerance.almostEqual(wanted.value(), series.values()[index]);
        }
        if (same) {
            return null;
        }
        String hints = histogram != null && wantedHistogram != null && wanted.hintGiven()
                ? " (hint %s, got %s)".formatted(wantedHistogram.hint(), histogram.hint())
                : "";
        return "expected %s, got %s%s".formatted(wanted.text(), text(series, index), hints);
    }

    /// Where the series has a point at the time, or -1.
    private static int indexOf(ResultSeries series, long timeMs) {
        int index = java.util.Arrays.binarySearch(series.times(), timeMs);
        return index >= 0 && (series.hasFloat(index) || series.hasHistogram(index)) ? index : -1;
    }

    private static String text(ResultSeries series, int index) {
        FloatHistogram histogram = series.histogram(index);
        return histogram == null ? GoFloat.fixed(series.values()[index]) : histogram.toString();
    }

    private static String text(ResultSeries series) {
        var out = new StringBuilder();
        for (int i = 0; i < series.times().length && out.length() < 400; i++) {
            if (series.hasFloat(i) || series.hasHistogram(i)) {
                out.append(out.isEmpty() ? "" : " ")
                        .append(text(series, i))
                        .append('@')
                        .append(series.times()[i]);
            }
        }
        return out.toString();
    }
}
