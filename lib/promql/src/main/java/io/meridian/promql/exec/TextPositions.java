package io.meridian.promql.exec;

import java.nio.charset.StandardCharsets;

/// Turns byte offsets into the query's text to lines and columns, both counted from 1, columns in bytes.
public final class TextPositions {
    private final byte[] text;

    public TextPositions(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    String suffix(int position) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(position, text.length); i++) {
            if (text[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return " (" + line + ":" + (position - lineStart + 1) + ")";
    }
}
