package io.meridian.promql.parse;

import io.meridian.model.Utf8;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Cuts a query into tokens, one at a time, since what a character means depends on braces and brackets that are open.
///
/// Inside `{}` all words are plain. Inside `[]` only what a duration may hold is known up to the first number; behind
/// it the ordinary tokens are, with few words.
final class Lexer {
    private final byte[] text;
    private int start;
    private int position;
    private int openParens;
    private boolean inBraces;
    private boolean inBrackets;
    private boolean durationExpected;
    private boolean durationSeen;
    private boolean colonSeen;

    Lexer(byte[] text) {
        this.text = text;
    }

    byte[] text() {
        return text;
    }

    /// The next token; [TokenKind#END] at the end and ever after.
    ///
    /// @throws ParseException if there is none
    Token next() {
        skipBlanks();
        start = position;
        if (inBraces) {
            return inBraces();
        }
        if (durationExpected) {
            return inDuration();
        }
        return ordinary();
    }

    private void skipBlanks() {
        boolean commentsAllowed = inBraces || !durationExpected;
        while (position < text.length) {
            int c = text[position];
            if (Runes.isSpace(c)) {
                position++;
            } else if (c == '#' && commentsAllowed) {
                while (position < text.length && text[position] != '\n') {
                    position++;
                }
            } else {
                return;
            }
        }
    }

    private Token ordinary() {
        int c = advance();
        return switch (c) {
            case Runes.END -> {
                if (openParens > 0) {
                    throw error("unclosed left parenthesis");
                }
                if (inBrackets) {
                    throw error("unclosed left bracket");
                }
                yield token(TokenKind.END);
            }
            case ',' -> token(TokenKind.COMMA);
            case '+' -> token(TokenKind.ADD);
            case '-' -> token(TokenKind.SUB);
            case '*' -> token(TokenKind.MUL);
            case '/' -> token(TokenKind.DIV);
            case '%' -> token(TokenKind.MOD);
            case '^' -> token(TokenKind.POW);
            case '@' -> token(TokenKind.AT);
            case '=' -> {
                if (accept('=')) {
                    yield token(TokenKind.EQL);
                }
                if (peek() == '~') {
                    throw error("unexpected character after '=': '~'");
                }
                yield token(TokenKind.ASSIGN);
            }
            case '!' -> {
                if (accept('=')) {
                    yield token(TokenKind.NEQ);
                }
                throw error("unexpected character after '!': " + Runes.quote(peek()));
            }
            case '<' -> token(accept('=') ? TokenKind.LTE : accept('/') ? TokenKind.TRIM_UPPER : TokenKind.LSS);
            case '>' -> token(accept('=') ? TokenKind.GTE : accept('/') ? TokenKind.TRIM_LOWER : TokenKind.GTR);
            case '(' -> {
                openParens++;
                yield token(TokenKind.LEFT_PAREN);
            }
            case ')' -> rightParen();
            case '{' -> {
                inBraces = true;
                yield token(TokenKind.LEFT_BRACE);
            }
            case '[' -> {
                if (inBrackets) {
                    throw error("unexpected left bracket '['");
                }
                inBrackets = true;
                durationExpected = true;
                durationSeen = false;
                colonSeen = false;
                yield token(TokenKind.LEFT_BRACKET);
            }
            case ']' -> {
                if (!inBrackets) {
                    throw error("unexpected right bracket ']'");
                }
                yield rightBracket();
            }
            case '"', '\'', '`' -> string(c);
            default -> number(c) ? numberOrDuration() : word(c);
        };
    }

    private Token word(int c) {
        if (!Runes.isLetter(c) && c != ':') {
            throw error("unexpected character: " + Runes.quote(c));
        }
        if (!inBrackets) {
            return name();
        }
        if (c == ':') {
            if (colonSeen) {
                throw error("unexpected colon ':'");
            }
            colonSeen = true;
            return token(TokenKind.COLON);
        }
        Token function = durationFunction();
        if (function == null) {
            throw error("unexpected character: " + Runes.quote(c) + ", expected ':'");
        }
        return function;
    }

    private Token name() {
        boolean colon = text[start] == ':';
        while (Runes.isWordPart(peek()) || peek() == ':') {
            colon |= text[position] == ':';
            position++;
        }
        TokenKind kind = colon ? null : TokenKind.ofWord(scanned());
        if (kind == null) {
            kind = colon ? TokenKind.METRIC_IDENTIFIER : TokenKind.IDENTIFIER;
        }
        boolean fill = kind == TokenKind.FILL || kind == TokenKind.FILL_LEFT || kind == TokenKind.FILL_RIGHT;
        return token(fill && !parenFollows() ? TokenKind.IDENTIFIER : kind);
    }

    private boolean parenFollows() {
        int at = position;
        while (at < text.length && Runes.isSpace(text[at])) {
            at++;
        }
        return at < text.length && text[at] == '(';
    }

    private Token inDuration() {
        int c = advance();
        return switch (c) {
            case Runes.END -> throw error("unexpected end of input in duration expression");
            case ']' -> rightBracket();
            case ':' -> {
                start = position;
                if (!durationSeen) {
                    throw error("unexpected colon before duration in duration expression");
                }
                if (colonSeen) {
                    throw error("unexpected repeated colon in duration expression");
                }
                start = position - 1;
                colonSeen = true;
                yield token(TokenKind.COLON);
            }
            case '(' -> {
                openParens++;
                yield token(TokenKind.LEFT_PAREN);
            }
            case ')' -> rightParen();
            case '+' -> token(TokenKind.ADD);
            case '-' -> token(TokenKind.SUB);
            case '*' -> token(TokenKind.MUL);
            case '/' -> token(TokenKind.DIV);
            case '%' -> token(TokenKind.MOD);
            case '^' -> token(TokenKind.POW);
            case ',' -> token(TokenKind.COMMA);
            default -> {
                if (number(c)) {
                    durationSeen = true;
                    durationExpected = false;
                    yield numberOrDuration();
                }
                Token function = Runes.isLetter(c) ? durationFunction() : null;
                if (function == null) {
                    throw error("unexpected character in duration expression: " + Runes.quote(c));
                }
                durationSeen = true;
                yield function;
            }
        };
    }

    /// One of the words that a duration may hold, or null; the first letter is read.
    private @Nullable Token durationFunction() {
        int end = position;
        while (end < text.length && Runes.isWordPart(text[end])) {
            end++;
        }
        String word = Utf8.decode(text, start, end - start);
        TokenKind kind = switch (word.toLowerCase(Locale.ROOT)) {
            case "step" -> TokenKind.STEP;
            case "range" -> TokenKind.RANGE;
            case "min_of" -> TokenKind.MIN_OF;
            case "max_of" -> TokenKind.MAX_OF;
            default -> null;
        };
        if (kind == null) {
            return null;
        }
        position = end;
        return token(kind);
    }

    private Token inBraces() {
        int c = advance();
        return switch (c) {
            case Runes.END -> throw error("unexpected end of input inside braces");
            case ',' -> token(TokenKind.COMMA);
            case '"', '\'', '`' -> string(c);
            case '=' -> token(accept('~') ? TokenKind.EQUAL_REGEX : TokenKind.ASSIGN);
            case '!' -> {
                if (accept('~')) {
                    yield token(TokenKind.NOT_EQUAL_REGEX);
                }
                if (accept('=')) {
                    yield token(TokenKind.NEQ);
                }
                throw error("unexpected character after '!' inside braces: " + Runes.quote(peek()));
            }
            case '{' -> throw error("unexpected left brace '{'");
            case '}' -> {
                inBraces = false;
                yield token(TokenKind.RIGHT_BRACE);
            }
            default -> {
                if (!Runes.isLetter(c)) {
                    throw error("unexpected character inside braces: " + Runes.quote(c));
                }
                while (Runes.isWordPart(peek())) {
                    position++;
                }
                yield token(TokenKind.IDENTIFIER);
            }
        };
    }

    private Token rightParen() {
        openParens--;
        if (openParens < 0) {
            // Found only when the token is complete, so the place is behind it.
            start = position;
            throw error("unexpected right parenthesis ')'");
        }
        return token(TokenKind.RIGHT_PAREN);
    }

    private Token rightBracket() {
        inBrackets = false;
        durationExpected = false;
        return token(TokenKind.RIGHT_BRACKET);
    }

    private boolean number(int c) {
        return Runes.isDigit(c) || c == '.' && Runes.isDigit(peek());
    }

    private Token numberOrDuration() {
        var scanner = new NumberScanner(text, start);
        TokenKind kind = scanner.scan();
        position = scanner.end();
        if (kind == null) {
            throw error("bad number or duration syntax: " + io.meridian.model.GoQuote.quote(scanned()));
        }
        return token(kind);
    }

    private Token string(int quote) {
        var scanner = new StringScanner(text, position, quote);
        String problem = scanner.scan();
        if (problem != null) {
            throw error(problem);
        }
        position = scanner.end();
        return token(TokenKind.STRING);
    }

    private Token token(TokenKind kind) {
        return new Token(kind, start, position, scanned());
    }

    private String scanned() {
        return Utf8.decode(text, start, position - start);
    }

    private int peek() {
        return Runes.at(text, position);
    }

    private int advance() {
        int point = Runes.at(text, position);
        if (point != Runes.END) {
            position += Runes.size(text, position, point);
        }
        return point;
    }

    private boolean accept(char c) {
        if (position < text.length && text[position] == c) {
            position++;
            return true;
        }
        return false;
    }

    private ParseException error(String problem) {
        return ParseException.at(text, start, problem);
    }
}
