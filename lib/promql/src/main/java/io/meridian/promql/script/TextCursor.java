package io.meridian.promql.script;

/// A place in a line of text.
final class TextCursor {
    private final String text;
    private int position;

    TextCursor(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return position >= text.length();
    }

    /// The character in view, or `'\0'` at the end.
    char peek() {
        return atEnd() ? '\0' : text.charAt(position);
    }

    boolean accept(String piece) {
        if (!text.startsWith(piece, position)) {
            return false;
        }
        position += piece.length();
        return true;
    }

    boolean atBlank() {
        return peek() == ' ' || peek() == '\t';
    }

    void skipBlanks() {
        while (atBlank()) {
            position++;
        }
    }

    /// Reads while the characters are letters, digits or one of the others given.
    String word(String others) {
        int start = position;
        while (!atEnd() && (isAlphanumeric(text.charAt(position)) || others.indexOf(text.charAt(position)) >= 0)) {
            position++;
        }
        return text.substring(start, position);
    }

    private static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    int position() {
        return position;
    }

    void seek(int newPosition) {
        position = newPosition;
    }

    String slice(int from) {
        return text.substring(from, position);
    }

    /// What is left, shortened for error texts.
    String rest() {
        String rest = text.substring(position);
        return rest.length() > 20 ? rest.substring(0, 20) + "..." : rest;
    }
}
