package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.LabelRewriter;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.promql.plan.Plan;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// label_replace and label_join: only labels change.
final class LabelFunctions {
    private LabelFunctions() {}

    static VectorStream replace(Plan.LabelReplace plan, Supplier<VectorStream> operand, Execution execution) {
        LabelRewriter rewriter;
        try {
            rewriter = LabelRewriter.of(plan.pattern(), plan.replacement());
        } catch (IllegalArgumentException e) {
            throw new QueryException(
                    Fault.EVALUATION, "invalid regular expression in label_replace(): " + plan.pattern(), e);
        }
        checkName(plan.target(), "invalid destination label name in label_replace(): ");
        return relabelled(
                operand.get(), plan.target(), labels -> rewriter.rewrite(labels.get(plan.source())), execution);
    }

    static VectorStream join(Plan.LabelJoin plan, Supplier<VectorStream> operand, Execution execution) {
        checkName(plan.target(), "invalid destination label name in label_join(): ");
        for (String source : plan.sources()) {
            checkName(source, "invalid source label name in label_join(): ");
        }
        return relabelled(
                operand.get(),
                plan.target(),
                labels -> {
                    var joined = new StringBuilder();
                    for (int i = 0; i < plan.sources().size(); i++) {
                        joined.append(i == 0 ? "" : plan.separator())
                                .append(labels.get(plan.sources().get(i)));
                    }
                    return joined.toString();
                },
                execution);
    }

    private static void checkName(String name, String message) {
        if (name.isEmpty() || !Names.isUtf8(name)) {
            throw new QueryException(Fault.EVALUATION, message + name);
        }
    }

    /// @param value the new value of the target label; null leaves the series as it is
    private static VectorStream relabelled(
            VectorStream operand, String target, Function<Labels, @Nullable String> value, Execution execution) {
        Labels[] labels = operand.labels().clone();
        boolean[] marks = operand.marks() == null ? null : operand.marks().clone();
        for (int i = 0; i < labels.length; i++) {
            String changed = value.apply(labels[i]);
            if (changed != null) {
                labels[i] = labels[i].with(target, changed);
                if (marks != null && target.equals(Labels.METRIC_NAME)) {
                    marks[i] = false;
                }
            }
        }
        var stream = new VectorStream(operand.grid, labels, marks) {
            @Override
            void fill(int series, Column column, Worker worker) {
                operand.fill(series, column, worker);
            }
        };
        return Duplicates.joined(stream, execution);
    }
}
