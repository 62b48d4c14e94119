package io.meridian.promql.exec;

import io.meridian.model.Labels;
import java.util.Arrays;

/// absent() and absent_over_time(): 1 where no series has anything.
final class AbsentVector {
    private AbsentVector() {}

    static Materialized run(VectorStream input, Labels labels, Execution execution) {
        double[] values = new double[input.steps];
        Arrays.fill(values, 1);
        execution.loop().ordered(input, (series, column) -> {
            for (int k = 0; k < values.length; k++) {
                if (column.isPresent(k)) {
                    values[k] = Column.ABSENT;
                }
            }
        });
        return Materialized.single(input.grid, labels, values);
    }
}
