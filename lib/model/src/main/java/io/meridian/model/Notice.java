package io.meridian.model;

/// Something the reader of an answer must know: what is missing from it, and why.
///
/// @param source         the store, block or endpoint that says so
/// @param externalLabels the data concerned; empty if not known
/// @param range          the time concerned
/// @param reason         one sentence for the operator
public record Notice(String source, Labels externalLabels, TimeRange range, String reason) {
    public Notice(String source, String reason) {
        this(source, Labels.empty(), TimeRange.ALL, reason);
    }

    /// The text that becomes a warning in an answer.
    @Override
    public String toString() {
        var out = new StringBuilder(source);
        if (!externalLabels.isEmpty()) {
            out.append(' ').append(externalLabels);
        }
        if (!range.equals(TimeRange.ALL)) {
            out.append(" [")
                    .append(java.time.Instant.ofEpochMilli(range.minMs()))
                    .append(" .. ")
                    .append(java.time.Instant.ofEpochMilli(range.maxMs()))
                    .append(']');
        }
        return out.append(": ").append(reason).toString();
    }
}
