package io.meridian.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The identity of a series: immutable name/value pairs, sorted by name in UTF-8 byte order.
///
/// A label with an empty value is the same as no label, so none is kept. Order and text form are those of Prometheus
/// (`model/labels`): pairwise by name, then value, bytewise; the shorter list first.
public final class Labels implements Comparable<Labels> {
    /// The label that holds the metric's name.
    public static final String METRIC_NAME = "__name__";

    /// The labels that say what the samples are: whatever makes something else of them drops these.
    public static final Set<String> METADATA = Set.of(METRIC_NAME, "__type__", "__unit__");

    private static final Labels EMPTY = new Labels(new String[0]);

    /// name, value, name, value, …
    private final String[] pairs;

    private int hash;

    private @Nullable Labels nameless;

    private Labels(String[] pairs) {
        this.pairs = pairs;
    }

    public static Labels empty() {
        return EMPTY;
    }

    /// Sorts the pairs; drops those with an empty value.
    ///
    /// @throws IllegalArgumentException if a name comes twice or a name has no value
    public static Labels of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("label without a value: " + namesAndValues[namesAndValues.length - 1]);
        }
        var builder = new Builder(EMPTY);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (builder.values.containsKey(namesAndValues[i])) {
                throw new IllegalArgumentException("label given twice: " + namesAndValues[i]);
            }
            builder.set(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    public static Labels of(Map<String, String> map) {
        var builder = new Builder(EMPTY);
        map.forEach(builder::set);
        return builder.build();
    }

    /// Takes the array as it is. The names must be strictly ascending and the values not empty.
    public static Labels ofSorted(String[] namesAndValues) {
        assert isSorted(namesAndValues) : Arrays.toString(namesAndValues);
        return namesAndValues.length == 0 ? EMPTY : new Labels(namesAndValues);
    }

    private static boolean isSorted(String[] pairs) {
        for (int i = 2; i < pairs.length; i += 2) {
            if (Utf8.compare(pairs[i - 2], pairs[i]) >= 0) {
                return false;
            }
        }
        return pairs.length % 2 == 0;
    }

    /// Number of labels.
    public int size() {
        return pairs.length / 2;
    }

    public boolean isEmpty() {
        return pairs.length == 0;
    }

    public String name(int index) {
        return pairs[2 * index];
    }

    public String value(int index) {
        return pairs[2 * index + 1];
    }

    /// The value, or `""` where the label is absent.
    public String get(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return pairs[i + 1];
            }
        }
        return "";
    }

    public boolean has(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return true;
            }
        }
        return false;
    }

    /// The metric's name, or `""`.
    public String metricName() {
        return get(METRIC_NAME);
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    /// These labels with one set; an empty value removes it.
    public Labels with(String name, String value) {
        return toBuilder().set(name, value).build();
    }

    /// These labels, overwritten by `others` where both have a name. External labels are added so.
    public Labels overriddenBy(Labels others) {
        if (others.isEmpty()) {
            return this;
        }
        var merged = new String[pairs.length + others.pairs.length];
        int i = 0;
        int j = 0;
        int n = 0;
        while (i < pairs.length || j < others.pairs.length) {
            int order = i == pairs.length ? 1 : j == others.pairs.length ? -1 : Utf8.compare(pairs[i], others.pairs[j]);
            if (order < 0) {
                merged[n++] = pairs[i++];
                merged[n++] = pairs[i++];
            } else {
                if (order == 0) {
                    i += 2;
                }
                merged[n++] = others.pairs[j++];
                merged[n++] = others.pairs[j++];
            }
        }
        return new Labels(n == merged.length ? merged : Arrays.copyOf(merged, n));
    }

    /// These labels without the named ones.
    public Labels without(String... names) {
        return filtered(Arrays.asList(names), false);
    }

    /// These labels without the named ones.
    public Labels without(Collection<String> names) {
        return filtered(names, false);
    }

    /// The named labels only.
    public Labels only(Collection<String> names) {
        return filtered(names, true);
    }

    /// These labels without the metric's name, its type and its unit; made once.
    public Labels nameless() {
        Labels made = nameless;
        if (made == null) {
            made = without(METADATA);
            nameless = made;
        }
        return made;
    }

    private Labels filtered(Collection<String> names, boolean keep) {
        int count = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            count += names.contains(pairs[i]) == keep ? 2 : 0;
        }
        if (count == pairs.length) {
            return this;
        }
        var kept = new String[count];
        int n = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            if (names.contains(pairs[i]) == keep) {
                kept[n++] = pairs[i];
                kept[n++] = pairs[i + 1];
            }
        }
        return ofSorted(kept);
    }

    @Override
    public int compareTo(Labels other) {
        if (this == other) {
            return 0;
        }
        int n = Math.min(pairs.length, other.pairs.length);
        for (int i = 0; i < n; i++) {
            String a = pairs[i];
            String b = other.pairs[i];
            if (!a.equals(b)) {
                return Utf8.compare(a, b);
            }
        }
        return pairs.length - other.pairs.length;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Labels labels && Arrays.equals(pairs, labels.pairs);
    }

    @Override
    public int hashCode() {
        if (hash == 0) {
            hash = Arrays.hashCode(pairs);
        }
        return hash;
    }

    /// `{a="b", c="d"}`, values quoted as Go quotes strings; names that are not plain identifiers are quoted, too.
    @Override
    public String toString() {
        var out = new StringBuilder("{");
        for (int i = 0; i < pairs.length; i += 2) {
            if (i > 0) {
                out.append(", ");
            }
            out.append(GoQuote.labelName(pairs[i])).append('=').append(GoQuote.quote(pairs[i + 1]));
        }
        return out.append('}').toString();
    }

    /// Collects changes; names may come in any order.
    public static final class Builder {
        private final TreeMap<String, String> values = new TreeMap<>(Utf8::compare);

        private Builder(Labels base) {
            for (int i = 0; i < base.size(); i++) {
                values.put(base.name(i), base.value(i));
            }
        }

        /// Sets a label; an empty value removes it.
        public Builder set(String name, String value) {
            if (value.isEmpty()) {
                values.remove(name);
            } else {
                values.put(name, value);
            }
            return this;
        }

        public Builder remove(String name) {
            values.remove(name);
            return this;
        }

        /// The value so far, or `""`.
        public String get(String name) {
            return values.getOrDefault(name, "");
        }

        public Labels build() {
            var pairs = new String[2 * values.size()];
            int n = 0;
            for (var entry : values.entrySet()) {
                pairs[n++] = entry.getKey();
                pairs[n++] = entry.getValue();
            }
            return ofSorted(pairs);
        }
    }
}
