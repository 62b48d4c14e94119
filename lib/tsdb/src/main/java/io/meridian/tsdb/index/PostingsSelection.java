package io.meridian.tsdb.index;

import io.meridian.model.LabelMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which lists answer a set of matchers: every group's union intersected, minus the removals.
///
/// All matchers of one name are one condition on its value. If one of them rejects the empty value, the series must
/// have the label, so the lists of the accepted values are added; else the lists of the rejected values are removed,
/// since series without the label match.
final class PostingsSelection {
    private static final String EVERYTHING = ".*";

    private final PostingsTable table;
    private final List<List<PostingsExtent>> groups = new ArrayList<>();
    private final List<PostingsExtent> removals = new ArrayList<>();
    private boolean nothing;

    private PostingsSelection(PostingsTable table) {
        this.table = table;
    }

    static PostingsSelection of(PostingsTable table, List<LabelMatcher> matchers) {
        var selection = new PostingsSelection(table);
        var byName = new LinkedHashMap<String, List<LabelMatcher>>();
        for (LabelMatcher matcher : matchers) {
            byName.computeIfAbsent(matcher.name(), _ -> new ArrayList<>()).add(matcher);
        }
        byName.forEach(selection::add);
        if (selection.groups.isEmpty() && !selection.nothing) {
            PostingsExtent all = table.all();
            selection.groups.add(all == null ? List.of() : List.of(all));
        }
        return selection;
    }

    /// Whether no series can match.
    boolean isEmpty() {
        return nothing || groups.stream().anyMatch(List::isEmpty);
    }

    /// Lists to be united, and then intersected with the other groups'.
    List<List<PostingsExtent>> groups() {
        return groups;
    }

    /// Lists whose series do not match.
    List<PostingsExtent> removals() {
        return removals;
    }

    private void add(String name, List<LabelMatcher> matchers) {
        if (name.isEmpty()) {
            nothing |= !matchAll(matchers, "");
        } else if (matchers.stream().allMatch(LabelMatcher::matchesEmpty)) {
            remove(name, matchers);
        } else {
            groups.add(accepted(name, matchers));
        }
    }

    private List<PostingsExtent> accepted(String name, List<LabelMatcher> matchers) {
        var extents = new ArrayList<PostingsExtent>();
        var candidates = candidates(matchers);
        if (candidates != null) {
            for (String value : candidates) {
                if (!value.isEmpty() && matchAll(matchers, value)) {
                    addIfPresent(name, value, extents);
                }
            }
            return extents;
        }
        String prefix = prefix(matchers);
        table.values(name, prefix, (value, extent) -> {
            if (!value.startsWith(prefix)) {
                return false;
            }
            if (matchAll(matchers, value)) {
                extents.add(extent);
            }
            return true;
        });
        return extents;
    }

    private void remove(String name, List<LabelMatcher> matchers) {
        var others = new ArrayList<LabelMatcher>();
        for (LabelMatcher matcher : matchers) {
            var values = rejected(matcher);
            if (values == null) {
                others.add(matcher);
            } else {
                values.forEach(value -> addIfPresent(name, value, removals));
            }
        }
        if (!others.isEmpty()) {
            table.values(name, "", (value, extent) -> {
                if (!matchAll(others, value)) {
                    removals.add(extent);
                }
                return true;
            });
        }
    }

    private void addIfPresent(String name, String value, List<PostingsExtent> target) {
        PostingsExtent extent = table.find(name, value);
        if (extent != null) {
            target.add(extent);
        }
    }

    private static boolean matchAll(List<LabelMatcher> matchers, String value) {
        for (LabelMatcher matcher : matchers) {
            if (!matcher.matches(value)) {
                return false;
            }
        }
        return true;
    }

    /// The only values that can match, or null if they are not known.
    private static @Nullable Set<String> candidates(List<LabelMatcher> matchers) {
        for (LabelMatcher matcher : matchers) {
            if (matcher.type() == LabelMatcher.Type.EQUAL) {
                return new TreeSet<>(List.of(matcher.value()));
            }
        }
        for (LabelMatcher matcher : matchers) {
            if (matcher.type() == LabelMatcher.Type.REGEX) {
                var values = PatternShape.alternatives(matcher.value());
                if (values != null) {
                    return new TreeSet<>(values);
                }
            }
        }
        return null;
    }

    private static String prefix(List<LabelMatcher> matchers) {
        String longest = "";
        for (LabelMatcher matcher : matchers) {
            if (matcher.type() == LabelMatcher.Type.REGEX) {
                String prefix = PatternShape.prefix(matcher.value());
                longest = prefix.length() > longest.length() ? prefix : longest;
            }
        }
        return longest;
    }

    /// The only values that do not match, or null if they are not known.
    private static @Nullable List<String> rejected(LabelMatcher matcher) {
        return switch (matcher.type()) {
            case EQUAL -> null;
            case NOT_EQUAL -> List.of(matcher.value());
            case REGEX -> matcher.value().equals(EVERYTHING) ? List.of() : null;
            case NOT_REGEX -> PatternShape.alternatives(matcher.value());
        };
    }
}
