package io.meridian.promql.exec;

import io.meridian.promql.parse.BinaryOperator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a binary operator says about pairs that it cannot combine. Of each step only the last pair's word counts.
final class PairAnnotations {
    private final BinaryOperator operator;
    private final int position;
    private final int[] lastPair;
    private final @Nullable Note[] notes;

    /// Added to every step, for pairs whose columns are one step only.
    private int firstStep;

    private record Note(boolean warning, String body) {}

    PairAnnotations(Annotations target, BinaryOperator operator, int position, int steps) {
        this.operator = operator;
        this.position = position;
        lastPair = new int[steps];
        notes = new @Nullable Note[steps];
        Arrays.fill(lastPair, -1);
        target.defer(this::report);
    }

    /// For columns that hold the given step only. By one thread.
    PairAnnotations at(int step) {
        firstStep = step;
        return this;
    }

    private synchronized void note(int pair, int stepOfColumn, Note note) {
        int step = firstStep + stepOfColumn;
        if (pair >= lastPair[step]) {
            lastPair[step] = pair;
            notes[step] = note;
        }
    }

    /// @param left  `float` or `histogram`
    /// @param right `float` or `histogram`
    void incompatibleTypes(int pair, int step, String left, String right) {
        note(
                pair,
                step,
                new Note(
                        false,
                        "incompatible sample types encountered for binary operator \"" + operator.text() + "\": " + left
                                + " " + operator.text() + " " + right));
    }

    void incompatibleBuckets(int pair, int step) {
        note(
                pair,
                step,
                new Note(true, "incompatible bucket layout encountered for binary operator " + operator.text()));
    }

    void collision(int pair, int step) {
        note(pair, step, new Note(true, "conflicting counter resets during histogram " + operation()));
    }

    void reconciled(int pair, int step) {
        note(pair, step, new Note(false, "mismatched custom buckets were reconciled during " + operation()));
    }

    private String operation() {
        return operator == BinaryOperator.SUB ? "subtraction" : "addition";
    }

    private synchronized void report(Annotations target) {
        for (Note note : notes) {
            if (note == null) {
                continue;
            }
            if (note.warning) {
                target.warn(note.body, position);
            } else {
                target.info(note.body, position);
            }
        }
    }
}
