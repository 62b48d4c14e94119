package io.meridian.promql.script;

/// A series that an eval expects.
///
/// @param position the place that it must have where the order counts, from 1
record ExpectedSeries(SeriesLine line, int position) {}
