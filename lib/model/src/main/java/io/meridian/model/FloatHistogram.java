package io.meridian.model;

/// A native histogram with float counts. Immutable.
public final class FloatHistogram {}
