package io.meridian.promql.parse;

import org.jspecify.annotations.Nullable;

/// Finds the end of a number or duration. The texts of its errors show what was read, so it reads exactly as far as
/// Prometheus does.
final class NumberScanner {
    private static final String DIGITS = "0123456789";
    private static final String HEX_DIGITS = "0123456789abcdefABCDEF";

    private final byte[] text;
    private final int start;
    private int position;

    NumberScanner(byte[] text, int start) {
        this.text = text;
        this.start = start;
        this.position = start;
    }

    /// Behind the last byte read.
    int end() {
        return position;
    }

    /// NUMBER or DURATION, or null if it is neither.
    @Nullable
    TokenKind scan() {
        if (number()) {
            return TokenKind.NUMBER;
        }
        return duration() ? TokenKind.DURATION : null;
    }

    private boolean number() {
        String digits = DIGITS;
        if (accept("0") && accept("xX")) {
            accept("_");
            digits = HEX_DIGITS;
        } else {
            position = start;
        }
        accept(".");
        boolean hex = digits.length() > DIGITS.length();
        boolean exponent = false;
        boolean fraction = false;
        while (true) {
            if (accept(digits)) {
                continue;
            }
            if (accept("_")) {
                if (isEnd() || accept("._eE")) {
                    return false;
                }
            } else if (accept(".")) {
                if (fraction || accept("_.") || hex) {
                    return false;
                }
                fraction = true;
            } else if (!hex && accept("eE")) {
                if (exponent || isEnd() || accept("._eE")) {
                    return false;
                }
                accept("+-");
                if (isEnd()) {
                    return false;
                }
                exponent = true;
            } else {
                return isEnd() || !Runes.isWordPart(text[position]);
            }
        }
    }

    /// Goes on where the number broke off.
    private boolean duration() {
        if (!accept("smhdwy")) {
            return false;
        }
        accept("s");
        while (accept(DIGITS)) {
            while (accept(DIGITS)) {}
            if (!accept("smhdw")) {
                return false;
            }
            accept("s");
        }
        if (isEnd() || !Runes.isWordPart(text[position])) {
            return true;
        }
        position++;
        return false;
    }

    private boolean isEnd() {
        return position >= text.length;
    }

    private boolean accept(String characters) {
        if (position < text.length && characters.indexOf(text[position]) >= 0) {
            position++;
            return true;
        }
        return false;
    }
}
