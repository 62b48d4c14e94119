package io.meridian.promql.parse;

import io.meridian.model.LabelMatcher;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.parse.Expr.Modifiers;
import io.meridian.promql.parse.Expr.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `name{label="value",…}`.
final class SelectorParser {
    private static final String CONTEXT = "label matching";
    private static final String NAME_LABEL = "__name__";

    private final TokenStream tokens;

    SelectorParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Expr.VectorSelector parse() {
        Token token = tokens.peek();
        if (token.kind().isMetricName()) {
            return named(tokens.next());
        }
        if (token.kind() == TokenKind.LEFT_BRACE) {
            return selector(null);
        }
        throw tokens.unexpected("", "");
    }

    /// The selector whose name is already taken.
    Expr.VectorSelector named(Token name) {
        return selector(name);
    }

    private Expr.VectorSelector selector(@Nullable Token name) {
        int start = name == null ? tokens.peek().start() : name.start();
        List<LabelMatcher> matchers = tokens.at(TokenKind.LEFT_BRACE) ? braces() : new ArrayList<>();
        if (name != null) {
            matchers.add(LabelMatcher.equal(NAME_LABEL, name.text()));
        }
        return new Expr.VectorSelector(
                name == null ? "" : name.text(),
                List.copyOf(matchers),
                Modifiers.NONE,
                Extension.NONE,
                new Span(start, tokens.end()));
    }

    private List<LabelMatcher> braces() {
        var matchers = new ArrayList<LabelMatcher>();
        tokens.next();
        if (tokens.accept(TokenKind.RIGHT_BRACE)) {
            return matchers;
        }
        while (true) {
            matchers.add(matcher());
            if (tokens.accept(TokenKind.COMMA)) {
                if (tokens.accept(TokenKind.RIGHT_BRACE)) {
                    return matchers;
                }
            } else if (tokens.accept(TokenKind.RIGHT_BRACE)) {
                return matchers;
            } else {
                throw tokens.unexpected(CONTEXT, "\",\" or \"}\"");
            }
        }
    }

    private LabelMatcher matcher() {
        if (tokens.at(TokenKind.STRING)) {
            Token label = tokens.next();
            String name = Literals.string(label.text());
            if (tokens.at(TokenKind.COMMA) || tokens.at(TokenKind.RIGHT_BRACE)) {
                return LabelMatcher.equal(NAME_LABEL, name);
            }
            LabelMatcher.Type type = type(tokens.peek().kind());
            if (type == null) {
                throw tokens.unexpected(CONTEXT, "\",\" or \"}\"");
            }
            return matcher(label, name, type);
        }
        if (!tokens.at(TokenKind.IDENTIFIER)) {
            throw tokens.unexpected(CONTEXT, "identifier or \"}\"");
        }
        Token label = tokens.next();
        LabelMatcher.Type type = type(tokens.peek().kind());
        if (type == null) {
            throw tokens.unexpected(CONTEXT, "label matching operator");
        }
        return matcher(label, label.text(), type);
    }

    private LabelMatcher matcher(Token label, String name, LabelMatcher.Type type) {
        tokens.next();
        Token value = tokens.expect(TokenKind.STRING, CONTEXT, "string");
        try {
            return LabelMatcher.of(type, name, Literals.string(value.text()));
        } catch (IllegalArgumentException e) {
            throw tokens.error(label.start(), String.valueOf(e.getMessage()));
        }
    }

    private static LabelMatcher.@Nullable Type type(TokenKind kind) {
        return switch (kind) {
            case ASSIGN -> LabelMatcher.Type.EQUAL;
            case NEQ -> LabelMatcher.Type.NOT_EQUAL;
            case EQUAL_REGEX -> LabelMatcher.Type.REGEX;
            case NOT_EQUAL_REGEX -> LabelMatcher.Type.NOT_REGEX;
            default -> null;
        };
    }
}
