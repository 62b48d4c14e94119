package io.meridian.promql.script;

import io.meridian.model.Labels;
import java.util.List;

/// A line of the series notation.
///
/// @param line counted from 1
record SeriesLine(Labels labels, List<ScriptValue> values, int line) {}
