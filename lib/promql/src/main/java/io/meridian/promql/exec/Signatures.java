package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.parse.Expr.Matching;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Numbers the label sets by which the two sides of a binary operator are matched; done once per query.
final class Signatures {
    private final boolean on;
    private final Set<String> names;
    private final Map<Labels, Integer> ids = new HashMap<>();
    private final List<Labels> labels = new ArrayList<>();

    Signatures(Matching matching) {
        on = matching.on();
        names = new HashSet<>(matching.labels());
        if (!on) {
            names.add(Labels.METRIC_NAME);
        }
    }

    Labels of(Labels all) {
        return on ? all.only(names) : all.without(names);
    }

    int[] number(VectorStream side) {
        int[] numbers = new int[side.size()];
        for (int i = 0; i < numbers.length; i++) {
            Labels key = of(side.labels(i));
            Integer id = ids.putIfAbsent(key, labels.size());
            numbers[i] = id == null ? labels.size() : id;
            if (id == null) {
                labels.add(key);
            }
        }
        return numbers;
    }

    int size() {
        return labels.size();
    }

    Labels labels(int signature) {
        return labels.get(signature);
    }
}
