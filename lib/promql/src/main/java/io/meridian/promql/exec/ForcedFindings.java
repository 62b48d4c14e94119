package io.meridian.promql.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Repairs of classic buckets, gathered from many threads, then counted as Prometheus counts them: the count so far is
/// added to itself after every step but the one of the first finding.
final class ForcedFindings {
    private final Map<Integer, List<ForcedMonotonicity>> byStep = new HashMap<>();
    private final int steps;
    private final int position;

    ForcedFindings(int steps, int position) {
        this.steps = steps;
        this.position = position;
    }

    synchronized void add(int step, String name, ClassicBuckets buckets, long timeMs) {
        byStep.computeIfAbsent(step, key -> new ArrayList<>())
                .add(new ForcedMonotonicity(
                        name,
                        position,
                        0,
                        buckets.repairedMin,
                        buckets.repairedMax,
                        buckets.differenceMax,
                        timeMs,
                        timeMs));
    }

    synchronized void report(Annotations target) {
        Map<String, ForcedMonotonicity> found = new LinkedHashMap<>();
        for (int k = 0; k < steps && !byStep.isEmpty(); k++) {
            var before = List.copyOf(found.keySet());
            byStep.getOrDefault(k, List.of()).forEach(one -> found.merge(one.body(), one, ForcedMonotonicity::merge));
            for (String body : before) {
                found.computeIfPresent(body, (key, sum) -> sum.merge(sum));
            }
        }
        found.values().forEach(target::forced);
    }
}
