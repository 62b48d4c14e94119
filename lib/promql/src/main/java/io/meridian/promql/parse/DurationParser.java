package io.meridian.promql.parse;

import io.meridian.promql.parse.Expr.DurationExpr;
import io.meridian.promql.parse.Expr.Span;

/// Reads durations: literals and arithmetic in `[…]`, a narrower choice after `offset`.
final class DurationParser {
    private static final int DEPTH_MAX = 100;
    private static final int LENGTH_MAX = 1_000;
    private static final double SECONDS_MAX = 0x1p63 / 1e9;

    private static final String IN_BRACKETS = "subquery or range selector";
    private static final String IN_STEP = "subquery selector";
    private static final String EXPECTED = "number, duration, step(), or range()";

    private final TokenStream tokens;
    private final ParserOptions options;
    private String context = "";
    private String expected = "";
    private int depth;
    private int length;

    DurationParser(TokenStream tokens, ParserOptions options) {
        this.tokens = tokens;
        this.options = options;
    }

    /// What stands behind `[`.
    DurationExpr range() {
        begin(IN_BRACKETS, EXPECTED);
        return positive(sum(1));
    }

    /// What stands behind `:`.
    DurationExpr step() {
        begin(IN_STEP, "number, duration, step(), range(), or \"]\"");
        return positive(sum(1));
    }

    /// What stands behind `offset`. Arithmetic goes on after a parenthesis, but not after a literal.
    DurationExpr offset() {
        begin("offset", EXPECTED);
        return inRange(
                switch (tokens.peek().kind()) {
                    case LEFT_PAREN -> sum(1);
                    case ADD, SUB -> signedOffset();
                    default -> primary();
                });
    }

    /// A literal that is too large is reported at its sign, unlike within an expression.
    private DurationExpr signedOffset() {
        Token sign = tokens.next();
        Token token = tokens.peek();
        boolean isLiteral = token.kind() == TokenKind.NUMBER || token.kind() == TokenKind.DURATION;
        return signed(sign, isLiteral ? unchecked(tokens.next()) : primary());
    }

    private void begin(String contextText, String expectedText) {
        context = contextText;
        expected = expectedText;
        depth = 0;
        length = 0;
    }

    private DurationExpr positive(DurationExpr duration) {
        if (duration instanceof DurationExpr.Literal literal && literal.seconds() <= 0) {
            throw tokens.error(duration.span().start(), "duration must be greater than 0");
        }
        return inRange(duration);
    }

    private DurationExpr inRange(DurationExpr duration) {
        if (duration instanceof DurationExpr.Literal literal) {
            if (literal.seconds() > SECONDS_MAX || literal.seconds() < -SECONDS_MAX) {
                throw tokens.error(duration.span().start(), "duration out of range");
            }
        } else if (!options.durationExpressions()) {
            throw tokens.error(duration.span().start(), "experimental duration expression is not enabled");
        }
        return duration;
    }

    /// Precedence: 1 for sums, 2 for products, 3 for powers.
    private DurationExpr sum(int precedenceMin) {
        if (++depth > DEPTH_MAX) {
            throw tokens.error(
                    tokens.peek().start(), "duration expression nested deeper than " + DEPTH_MAX + " levels");
        }
        DurationExpr left = switch (tokens.peek().kind()) {
            case ADD, SUB -> signed(tokens.next(), sum(3));
            default -> primary();
        };
        while (true) {
            Token operator = tokens.peek();
            int precedence = precedence(operator.kind());
            if (precedence < precedenceMin) {
                depth--;
                return left;
            }
            if (++length > LENGTH_MAX) {
                throw tokens.error(operator.start(), "duration expression of more than " + LENGTH_MAX + " operators");
            }
            tokens.next();
            DurationExpr right = sum(precedence == 3 ? 3 : precedence + 1);
            if (right instanceof DurationExpr.Literal literal && literal.seconds() == 0) {
                if (operator.kind() == TokenKind.DIV) {
                    throw tokens.error(operator.start(), "division by zero");
                }
                if (operator.kind() == TokenKind.MOD) {
                    throw tokens.error(operator.start(), "modulo by zero");
                }
            }
            left = new DurationExpr.Arithmetic(
                    operator.text().charAt(0),
                    left,
                    right,
                    new Span(left.span().start(), right.span().end()));
        }
    }

    private static int precedence(TokenKind kind) {
        return switch (kind) {
            case ADD, SUB -> 1;
            case MUL, DIV, MOD -> 2;
            case POW -> 3;
            default -> 0;
        };
    }

    private static DurationExpr signed(Token sign, DurationExpr operand) {
        boolean negative = sign.kind() == TokenKind.SUB;
        var span = new Span(sign.start(), operand.span().end());
        return switch (operand) {
            case DurationExpr.Literal literal ->
                new DurationExpr.Literal(negative ? -literal.seconds() : literal.seconds(), literal.isDuration(), span);
            default -> negative ? new DurationExpr.Negate(true, operand, span) : operand;
        };
    }

    private DurationExpr primary() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case NUMBER, DURATION -> literal(tokens.next());
            case STEP, RANGE -> {
                tokens.next();
                expect(TokenKind.LEFT_PAREN);
                expect(TokenKind.RIGHT_PAREN);
                var span = new Span(token.start(), tokens.end());
                yield token.kind() == TokenKind.STEP ? new DurationExpr.Step(span) : new DurationExpr.Range(span);
            }
            case MIN_OF, MAX_OF -> {
                tokens.next();
                expect(TokenKind.LEFT_PAREN);
                DurationExpr left = sum(1);
                expect(TokenKind.COMMA);
                DurationExpr right = sum(1);
                expect(TokenKind.RIGHT_PAREN);
                yield new DurationExpr.Pick(
                        token.kind() == TokenKind.MAX_OF,
                        left,
                        right,
                        new Span(left.span().start(), right.span().end()));
            }
            case LEFT_PAREN -> {
                tokens.next();
                DurationExpr inner = sum(1);
                expect(TokenKind.RIGHT_PAREN);
                // Parentheses around others say nothing; those around a literal count from where they open.
                yield switch (inner) {
                    case DurationExpr.Parens parens -> parens;
                    case DurationExpr.Literal literal ->
                        new DurationExpr.Parens(
                                literal, new Span(token.start(), literal.span().end()));
                    default -> new DurationExpr.Parens(inner, inner.span());
                };
            }
            default -> throw tokens.unexpected(context, expected);
        };
    }

    private void expect(TokenKind kind) {
        tokens.expect(kind, context, expected);
    }

    private DurationExpr.Literal literal(Token token) {
        DurationExpr.Literal literal = unchecked(token);
        if (literal.seconds() > SECONDS_MAX) {
            throw tokens.error(token.start(), "duration out of range");
        }
        return literal;
    }

    private DurationExpr.Literal unchecked(Token token) {
        boolean isDuration = token.kind() == TokenKind.DURATION;
        return new DurationExpr.Literal(seconds(tokens, token), isDuration, token.span());
    }

    /// The seconds that a number or a duration stands for.
    static double seconds(TokenStream tokens, Token token) {
        try {
            return token.kind() == TokenKind.DURATION
                    ? DurationText.parseMs(token.text()) / 1e3
                    : Literals.number(token.text());
        } catch (IllegalArgumentException e) {
            throw tokens.error(token.start(), String.valueOf(e.getMessage()));
        }
    }
}
