package io.meridian.promql.parse;

import org.jspecify.annotations.Nullable;

/// Tokens with one of them in view. A token is cut only when it is asked for, so that of several errors the first one
/// in the text is raised.
final class TokenStream {
    private final Lexer lexer;
    private @Nullable Token peeked;
    private int end;

    TokenStream(byte[] text) {
        this.lexer = new Lexer(text);
    }

    Token peek() {
        Token token = peeked;
        if (token == null) {
            token = lexer.next();
            peeked = token;
        }
        return token;
    }

    Token next() {
        Token token = peek();
        peeked = null;
        end = token.end();
        return token;
    }

    boolean at(TokenKind kind) {
        return peek().kind() == kind;
    }

    /// Takes the next token if it is of this kind.
    boolean accept(TokenKind kind) {
        if (!at(kind)) {
            return false;
        }
        next();
        return true;
    }

    /// Takes the next token, which must be of this kind; context and expectation are for the error's text.
    Token expect(TokenKind kind, String context, String expected) {
        if (!at(kind)) {
            throw unexpected(context, expected);
        }
        return next();
    }

    /// Byte offset behind the token taken last.
    int end() {
        return end;
    }

    /// That the token in view may not stand here. Context and expectation may be empty.
    ParseException unexpected(String context, String expected) {
        Token token = peek();
        var text = new StringBuilder("unexpected ").append(token.describe());
        if (!context.isEmpty()) {
            text.append(" in ").append(context);
        }
        if (!expected.isEmpty()) {
            text.append(", expected ").append(expected);
        }
        return error(token.start(), text.toString());
    }

    ParseException error(int position, String text) {
        return ParseException.at(lexer.text(), position, text);
    }
}
