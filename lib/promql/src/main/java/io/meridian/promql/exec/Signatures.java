package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.parse.Expr.Matching;
import java.util.HashSet;
import java.util.Set;

/// Numbers the label sets by which the two sides of a binary operator are matched; done once per query.
final class Signatures {
    private final LabelKeys keys;

    Signatures(Matching matching) {
        Set<String> names = new HashSet<>(matching.labels());
        if (!matching.on()) {
            names.add(Labels.METRIC_NAME);
        }
        keys = new LabelKeys(names, !matching.on());
    }

    int[] number(VectorStream side) {
        int[] numbers = new int[side.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = keys.number(side.labels(i));
        }
        return numbers;
    }

    int size() {
        return keys.size();
    }

    Labels labels(int signature) {
        return keys.labels(signature);
    }
}
