package io.meridian.promql.exec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Warnings and infos that one node of a plan raises, each text once. Safe for use by many threads.
///
/// Nodes are merged in the order of evaluation; a text raised by several keeps the position of the last.
public final class Annotations {
    private final Map<String, Integer> warnings = new LinkedHashMap<>();
    private final Map<String, Integer> infos = new LinkedHashMap<>();
    private final Map<String, ForcedMonotonicity> forced = new LinkedHashMap<>();
    private final Map<String, Occurrences> overlaps = new LinkedHashMap<>();

    /// How often something happened, and where first.
    private record Occurrences(int position, long count) {}

    private final List<Consumer<Annotations>> deferred = new ArrayList<>();

    /// Something that is known only when all columns are made.
    synchronized void defer(Consumer<Annotations> report) {
        deferred.add(report);
    }

    synchronized void warn(String body, int position) {
        warnings.put(body, position);
    }

    synchronized void info(String body, int position) {
        infos.put(body, position);
    }

    synchronized void forced(ForcedMonotonicity found) {
        forced.merge(found.body(), found, ForcedMonotonicity::merge);
    }

    /// A warning that says how often it was raised; the first keeps its position.
    synchronized void overlap(String body, int position, long count) {
        overlaps.merge(
                body,
                new Occurrences(position, count),
                (first, next) -> new Occurrences(first.position, first.count + next.count));
    }

    synchronized void addAll(Annotations later) {
        later.deferred.forEach(report -> report.accept(later));
        warnings.putAll(later.warnings);
        infos.putAll(later.infos);
        later.forced.values().forEach(this::forced);
        later.overlaps.forEach((body, seen) -> overlap(body, seen.position, seen.count));
    }

    /// Texts with line and column.
    public synchronized List<String> warnings(TextPositions positions) {
        List<String> texts = new ArrayList<>();
        warnings.forEach((body, position) -> texts.add("PromQL warning: " + body + positions.suffix(position)));
        overlaps.forEach((body, seen) -> texts.add("PromQL warning: " + body
                + (seen.count > 1 ? " (" + seen.count + " occurrences)" : "")
                + positions.suffix(seen.position)));
        return texts;
    }

    /// Texts with line and column.
    public synchronized List<String> infos(TextPositions positions) {
        List<String> texts = new ArrayList<>();
        infos.forEach((body, position) -> texts.add("PromQL info: " + body + positions.suffix(position)));
        forced.values()
                .forEach(found -> texts.add("PromQL info: " + found.text() + positions.suffix(found.position())));
        return texts;
    }
}
