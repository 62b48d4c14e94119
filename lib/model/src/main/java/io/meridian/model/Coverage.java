package io.meridian.model;

/// What a source can answer about: one set of external labels and the time it has for them.
public record Coverage(Labels externalLabels, TimeRange range) {}
