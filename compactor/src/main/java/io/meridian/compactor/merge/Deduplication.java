package io.meridian.compactor.merge;

/// What is done with samples that several blocks have of one series at about the same time.
public enum Deduplication {
    /// Every sample is kept, of those at one time one.
    NONE,
    /// Replicas: at any time the samples of one of them.
    PENALTY;

    /// The value of `--deduplication.func`: `""` and `none` are the same.
    ///
    /// @throws IllegalArgumentException if there is no such function
    public static Deduplication parse(String text) {
        return switch (text) {
            case "", "none" -> NONE;
            case "penalty" -> PENALTY;
            default ->
                throw new IllegalArgumentException(
                        "unknown deduplication function \"" + text + "\": use none or penalty");
        };
    }
}
