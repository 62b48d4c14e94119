package io.meridian.promql.parse;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;

/// A query text that is not PromQL. The message is Prometheus' own: `LINE:COLUMN: parse error: TEXT`.
public final class ParseException extends QueryException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String text;

    private ParseException(String place, int line, int column, String text) {
        super(Fault.BAD_QUERY, place + ": parse error: " + text);
        this.line = line;
        this.column = column;
        this.text = text;
    }

    /// @param query    the whole query in UTF-8
    /// @param position byte offset into it
    static ParseException at(byte[] query, int position, String text) {
        if (query.length == 0) {
            return new ParseException("unknown position", 1, 1, text);
        }
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position; i++) {
            if (query[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        int column = position - lineStart + 1;
        return new ParseException(line + ":" + column, line, column, text);
    }

    /// Counted from 1.
    public int line() {
        return line;
    }

    /// In bytes, counted from 1.
    public int column() {
        return column;
    }

    /// The message without place and `parse error:`.
    public String text() {
        return text;
    }
}
