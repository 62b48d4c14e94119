package io.meridian.model;

import java.util.List;

/// What a source can answer about: one set of external labels and the time it has for them.
public record Coverage(Labels externalLabels, TimeRange range) {
    /// The external labels of all parts, each once, in order; data without any adds none.
    public static List<Labels> labelSets(List<Coverage> parts) {
        return parts.stream()
                .map(Coverage::externalLabels)
                .filter(labels -> !labels.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /// The time from the first part's begin to the last part's end; where there are none, a range that ends before it
    /// begins.
    public static TimeRange range(List<Coverage> parts) {
        long minMs = Long.MAX_VALUE;
        long maxMs = Long.MIN_VALUE;
        for (Coverage part : parts) {
            minMs = Math.min(minMs, part.range().minMs());
            maxMs = Math.max(maxMs, part.range().maxMs());
        }
        return new TimeRange(minMs, maxMs);
    }
}
