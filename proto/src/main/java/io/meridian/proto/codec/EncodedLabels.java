package io.meridian.proto.codec;

/// A series that has its labels as they go out: `Label` fields of a `thanos.Series` message, sorted by name.
public interface EncodedLabels {
    /// Holds the labels from [#labelsFrom] up to [#labelsTo]; read only.
    byte[] labelArray();

    int labelsFrom();

    int labelsTo();
}
