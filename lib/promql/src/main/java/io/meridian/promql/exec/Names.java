package io.meridian.promql.exec;

import io.meridian.model.Labels;
import org.jspecify.annotations.Nullable;

/// What becomes of the metric's name when a function makes something else of its samples: name, type and unit go
/// together, at once or, with delayed name removal, at the end of the query.
final class Names {
    private Names() {}

    static Labels drop(Labels labels) {
        return labels.nameless();
    }

    static boolean isMetadata(String labelName) {
        return Labels.METADATA.contains(labelName);
    }

    /// Labels of a result that loses its name now; the same labels if names are dropped later.
    static Labels[] dropped(Labels[] labels, boolean delayed) {
        if (delayed) {
            return labels;
        }
        var dropped = new Labels[labels.length];
        for (int i = 0; i < labels.length; i++) {
            dropped[i] = drop(labels[i]);
        }
        return dropped;
    }

    /// Marks of a result that loses its name.
    static boolean @Nullable [] marked(int size, boolean delayed) {
        if (!delayed) {
            return null;
        }
        boolean[] marks = new boolean[size];
        java.util.Arrays.fill(marks, true);
        return marks;
    }

    /// Whether the name has no bytes that are not UTF-8 (they would be lone surrogates).
    static boolean isUtf8(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < name.length() && Character.isLowSurrogate(name.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
