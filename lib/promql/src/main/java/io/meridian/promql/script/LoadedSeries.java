package io.meridian.promql.script;

import io.meridian.model.Labels;
import io.meridian.model.chunk.ExactSamples;

/// A series that a script has loaded: floats and float histograms in time order, with start timestamps.
public record LoadedSeries(Labels labels, ExactSamples samples) {}
