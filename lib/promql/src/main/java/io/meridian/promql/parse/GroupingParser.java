package io.meridian.promql.parse;

import io.meridian.model.GoQuote;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.Matching;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads label lists, and what may stand between a binary operator and its right operand.
final class GroupingParser {
    private static final String CONTEXT = "grouping opts";

    /// @param filled whether a fill modifier was written
    record Modifiers(boolean returnBool, Matching matching, boolean filled) {}

    private final TokenStream tokens;

    GroupingParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /// `(a, b)`
    List<String> labels() {
        tokens.expect(TokenKind.LEFT_PAREN, CONTEXT, "\"(\"");
        var labels = new ArrayList<String>();
        if (tokens.accept(TokenKind.RIGHT_PAREN)) {
            return List.of();
        }
        while (true) {
            labels.add(label());
            if (tokens.accept(TokenKind.COMMA)) {
                if (tokens.accept(TokenKind.RIGHT_PAREN)) {
                    return List.copyOf(labels);
                }
            } else if (tokens.accept(TokenKind.RIGHT_PAREN)) {
                return List.copyOf(labels);
            } else {
                throw tokens.unexpected(CONTEXT, "\",\" or \")\"");
            }
        }
    }

    private String label() {
        Token token = tokens.peek();
        if (token.kind() == TokenKind.STRING) {
            tokens.next();
            String name = Literals.string(token.text());
            if (name.isEmpty() || !isUtf8(name)) {
                throw tokens.error(token.start(), "invalid label name for grouping: " + GoQuote.quote(name));
            }
            return name;
        }
        if (!token.kind().isLabelName()) {
            throw tokens.unexpected(CONTEXT, "label");
        }
        return tokens.next().text();
    }

    private static boolean isUtf8(String name) {
        return name.codePoints().noneMatch(point -> point >= 0xD800 && point < 0xE000);
    }

    /// `bool on (a) group_left (b) fill (0)` and its parts.
    Modifiers modifiers(BinaryOperator operator) {
        boolean returnBool = tokens.accept(TokenKind.BOOL);
        boolean on = tokens.at(TokenKind.ON);
        List<String> labels = List.of();
        List<String> include = List.of();
        Cardinality cardinality = operator.isSet() ? Cardinality.MANY_TO_MANY : Cardinality.ONE_TO_ONE;
        if (on || tokens.at(TokenKind.IGNORING)) {
            tokens.next();
            labels = labels();
            if (tokens.at(TokenKind.GROUP_LEFT) || tokens.at(TokenKind.GROUP_RIGHT)) {
                boolean left = tokens.next().kind() == TokenKind.GROUP_LEFT;
                cardinality = left ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
                boolean operandFollows = tokens.peek().kind().startsExpression() && !tokens.at(TokenKind.LEFT_PAREN);
                include = operandFollows ? List.of() : labels();
            }
        }
        Double fillLeft = null;
        Double fillRight = null;
        if (tokens.accept(TokenKind.FILL)) {
            fillLeft = fill();
            fillRight = fillLeft;
        } else if (tokens.accept(TokenKind.FILL_LEFT)) {
            fillLeft = fill();
            fillRight = tokens.accept(TokenKind.FILL_RIGHT) ? fill() : null;
        } else if (tokens.accept(TokenKind.FILL_RIGHT)) {
            fillRight = fill();
            fillLeft = tokens.accept(TokenKind.FILL_LEFT) ? fill() : null;
        }
        var matching = new Matching(cardinality, labels, on, include, fillLeft, fillRight);
        return new Modifiers(returnBool, matching, fillLeft != null || fillRight != null);
    }

    private @Nullable Double fill() {
        tokens.expect(TokenKind.LEFT_PAREN, "", "");
        boolean negative = tokens.at(TokenKind.SUB);
        if (negative || tokens.at(TokenKind.ADD)) {
            tokens.next();
        }
        if (!tokens.at(TokenKind.NUMBER) && !tokens.at(TokenKind.DURATION)) {
            throw tokens.unexpected("", "");
        }
        double value = DurationParser.seconds(tokens, tokens.next());
        tokens.expect(TokenKind.RIGHT_PAREN, "", "");
        return negative ? -value : value;
    }
}
