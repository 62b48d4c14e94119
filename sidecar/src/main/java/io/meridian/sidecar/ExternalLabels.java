package io.meridian.sidecar;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.proto.codec.LabelCursor;

/// External labels beside those of series that are still encoded.
final class ExternalLabels {
    private final Labels labels;
    private final byte[][] names;
    private final byte[][] values;

    ExternalLabels(Labels labels) {
        this.labels = labels;
        this.names = new byte[labels.size()][];
        this.values = new byte[labels.size()][];
        for (int i = 0; i < names.length; i++) {
            names[i] = Utf8.encode(labels.name(i));
            values[i] = Utf8.encode(labels.value(i));
        }
    }

    /// Whether a series already has each of them, and its labels are sorted: then it goes out as it came. So Prometheus
    /// sends series that have no labels of these names themselves.
    ///
    /// @param series is read to its end
    boolean areIn(LabelCursor series) {
        int found = 0;
        int previousFrom = -1;
        int previousTo = 0;
        while (series.next()) {
            if (previousFrom >= 0 && series.compareName(previousFrom, previousTo) <= 0) {
                return false;
            }
            previousFrom = series.nameFrom();
            previousTo = series.nameTo();
            if (found < names.length) {
                int order = series.compareName(names[found]);
                if (order > 0 || order == 0 && !series.hasValue(values[found])) {
                    return false;
                }
                found += order == 0 ? 1 : 0;
            }
        }
        return found == names.length;
    }

    /// The labels of a series with these put over them, encoded.
    byte[] over(Labels series) {
        return LabelCursor.encode(series.overriddenBy(labels));
    }

    /// Whether everything from one series on stays behind an earlier one when these labels are put over both.
    ///
    /// Prometheus sorts by the labels that the series have themselves. As long as two series differ before the
    /// place of the first external label, that is also their order afterwards; and what follows the later one
    /// differs there from the earlier one, too.
    boolean isBoundary(LabelCursor before, LabelCursor after) {
        while (before.next()) {
            if (names.length > 0 && before.compareName(names[0]) >= 0) {
                return false;
            }
            if (!after.next()) {
                return false;
            }
            if (before.compare(after) != 0) {
                return true;
            }
        }
        return names.length == 0 && after.next();
    }
}
