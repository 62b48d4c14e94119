package io.meridian.promql.exec;

/// Adds up floats by group, beside histograms.
interface FloatAccumulator extends GroupAccumulator {
    /// Whether a float was added to the group at the step.
    boolean holdsFloat(int group, int step);
}
