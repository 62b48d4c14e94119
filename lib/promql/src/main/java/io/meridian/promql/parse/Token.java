package io.meridian.promql.parse;

import io.meridian.model.GoQuote;

/// A piece of the query.
///
/// @param start byte offset of its first byte
/// @param end   byte offset behind its last byte
/// @param text  as written
record Token(TokenKind kind, int start, int end, String text) {
    private static final int SHOWN_BYTES_MAX = 10;

    Expr.Span span() {
        return new Expr.Span(start, end);
    }

    /// As an error text shows it.
    String describe() {
        return switch (kind.form()) {
            case END -> "end of input";
            case IDENTIFIER -> "identifier " + GoQuote.quote(text);
            case METRIC_IDENTIFIER -> "metric identifier " + GoQuote.quote(text);
            case NUMBER -> "number " + shortened();
            case DURATION -> "duration " + shortened();
            case STRING -> "string " + shortened();
            case OPERATOR -> "<op:" + text + ">";
            case AGGREGATE -> "<aggr:" + text + ">";
            case KEYWORD -> "<" + text + ">";
            case PUNCTUATION, FUNCTION_WORD -> GoQuote.quote(text);
        };
    }

    private String shortened() {
        if (end - start <= SHOWN_BYTES_MAX) {
            return GoQuote.quote(text);
        }
        int points = Math.min(SHOWN_BYTES_MAX, text.codePointCount(0, text.length()));
        return GoQuote.quote(text.substring(0, text.offsetByCodePoints(0, points))) + "...";
    }
}
