package io.meridian.compactor.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Series, and from when on their samples are kept.
///
/// @param series     matchers on the series' own labels; empty: all series
/// @param keptFromMs chunks that end before may go, or are gone; [Long#MIN_VALUE] if none may
public record SeriesLimit(List<LabelMatcher> series, long keptFromMs) {
    private static final String SERIES = "series";
    private static final String UNTIL = "until";

    public SeriesLimit {
        series = List.copyOf(series);
    }

    boolean fits(Labels labels) {
        return LabelMatcher.allMatch(series, labels);
    }

    /// The later one of those for the same series; in the order in which they come first.
    public static List<SeriesLimit> union(List<SeriesLimit> limits) {
        var latest = new LinkedHashMap<List<LabelMatcher>, Long>();
        for (var limit : limits) {
            latest.merge(limit.series, limit.keptFromMs, Math::max);
        }
        var all = new ArrayList<SeriesLimit>();
        latest.forEach((series, keptFromMs) -> all.add(new SeriesLimit(series, keptFromMs)));
        return all;
    }

    /// Until when the series may lack samples; [Long#MIN_VALUE] if it is whole.
    public static long trimmedUntilMs(List<SeriesLimit> trimmed, Labels series) {
        long untilMs = Long.MIN_VALUE;
        for (var limit : trimmed) {
            if (limit.keptFromMs > untilMs && limit.fits(series)) {
                untilMs = limit.keptFromMs;
            }
        }
        return untilMs;
    }

    /// As it stands in meta.json: matchers as `[name, operator, value]`, milliseconds since the epoch.
    public Map<String, @Nullable Object> toJson() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put(
                SERIES,
                series.stream()
                        .map(matcher -> List.of(matcher.name(), matcher.type().symbol(), matcher.value()))
                        .toList());
        json.put(UNTIL, keptFromMs);
        return json;
    }

    /// What is not such a list was not written by us and says nothing.
    public static List<SeriesLimit> fromJson(@Nullable Object json) {
        if (!(json instanceof List<?> list)) {
            return List.of();
        }
        var limits = new ArrayList<SeriesLimit>();
        for (Object element : list) {
            if (element instanceof Map<?, ?> members
                    && members.get(SERIES) instanceof List<?> matchers
                    && members.get(UNTIL) instanceof Number until) {
                var series = new ArrayList<LabelMatcher>();
                for (Object matcher : matchers) {
                    if (!(matcher instanceof List<?> parts) || parts.size() != 3) {
                        return List.of();
                    }
                    var type = type(String.valueOf(parts.get(1)));
                    if (type == null) {
                        return List.of();
                    }
                    series.add(matcher(type, String.valueOf(parts.get(0)), String.valueOf(parts.get(2))));
                }
                limits.add(new SeriesLimit(series, until.longValue()));
            }
        }
        return limits;
    }

    private static LabelMatcher matcher(LabelMatcher.Type type, String name, String value) {
        try {
            return LabelMatcher.of(type, name, value);
        } catch (IllegalArgumentException e) {
            return LabelMatcher.of(LabelMatcher.Type.REGEX, name, ".*");
        }
    }

    private static LabelMatcher.@Nullable Type type(String symbol) {
        for (var type : LabelMatcher.Type.values()) {
            if (type.symbol().equals(symbol)) {
                return type;
            }
        }
        return null;
    }
}
