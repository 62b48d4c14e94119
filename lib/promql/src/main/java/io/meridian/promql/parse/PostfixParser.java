package io.meridian.promql.parse;

import io.meridian.promql.parse.Expr.At;
import io.meridian.promql.parse.Expr.DurationExpr;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.parse.Expr.MatrixSelector;
import io.meridian.promql.parse.Expr.Modifiers;
import io.meridian.promql.parse.Expr.Span;
import io.meridian.promql.parse.Expr.Subquery;
import io.meridian.promql.parse.Expr.VectorSelector;
import org.jspecify.annotations.Nullable;

/// Reads what may follow an operand: `offset`, `@`, `anchored`, `smoothed`, `[range]`, `[range:step]`.
final class PostfixParser {
    private static final String OPERANDS =
            " must be preceded by an instant vector selector or range vector selector or a subquery";

    private final TokenStream tokens;
    private final ParserOptions options;
    private final DurationParser durations;

    PostfixParser(TokenStream tokens, ParserOptions options) {
        this.tokens = tokens;
        this.options = options;
        this.durations = new DurationParser(tokens, options);
    }

    Expr offset(Expr operand) {
        tokens.next();
        DurationExpr offset = durations.offset();
        Modifiers modifiers = modifiers(operand);
        if (modifiers == null) {
            throw tokens.error(operand.span().start(), "offset modifier" + OPERANDS);
        }
        if (isSet(modifiers.offset())) {
            throw tokens.error(operand.span().start(), "offset may not be set multiple times");
        }
        return with(operand, new Modifiers(offset, modifiers.at()));
    }

    private static boolean isSet(@Nullable DurationExpr offset) {
        return offset != null && !(offset instanceof DurationExpr.Literal literal && literal.seconds() == 0);
    }

    Expr at(Expr operand) {
        tokens.next();
        At at = timestamp(operand);
        Modifiers modifiers = modifiers(operand);
        if (modifiers == null) {
            throw tokens.error(operand.span().start(), "@ modifier" + OPERANDS);
        }
        if (modifiers.at() != null) {
            throw tokens.error(operand.span().start(), "@ <timestamp> may not be set multiple times");
        }
        return with(operand, new Modifiers(modifiers.offset(), at));
    }

    private At timestamp(Expr operand) {
        String context = "@";
        String expected = "timestamp";
        if (tokens.at(TokenKind.START) || tokens.at(TokenKind.FINISH)) {
            boolean start = tokens.next().kind() == TokenKind.START;
            tokens.expect(TokenKind.LEFT_PAREN, context, expected);
            tokens.expect(TokenKind.RIGHT_PAREN, context, expected);
            return start ? new At.Start() : new At.End();
        }
        boolean negative = tokens.at(TokenKind.SUB);
        if (negative || tokens.at(TokenKind.ADD)) {
            tokens.next();
        }
        if (!tokens.at(TokenKind.NUMBER) && !tokens.at(TokenKind.DURATION)) {
            throw tokens.unexpected(context, expected);
        }
        double seconds = DurationParser.seconds(tokens, tokens.next());
        if (negative) {
            seconds = -seconds;
        }
        if (!(Math.abs(seconds) < 0x1p63)) {
            throw tokens.error(
                    operand.span().start(), "timestamp out of bounds for @ modifier: " + GoFixed.format(seconds, 6));
        }
        return new At.Timestamp(roundToMs(seconds));
    }

    /// Half away from zero; what does not fit becomes the smallest number, as on amd64.
    private static long roundToMs(double seconds) {
        double ms = seconds * 1e3;
        double rounded = Math.copySign(Math.floor(Math.abs(ms) + 0.5), ms);
        if (Math.abs(ms) >= 0x1p52) {
            rounded = ms;
        }
        return Math.abs(rounded) < 0x1p63 ? (long) rounded : Long.MIN_VALUE;
    }

    Expr extension(Expr operand) {
        Token word = tokens.next();
        boolean anchored = word.kind() == TokenKind.ANCHORED;
        String name = anchored ? "anchored" : "smoothed";
        int place = operand.span().start();
        if (!options.extendedRangeSelectors()) {
            throw tokens.error(place, name + " modifier is experimental and not enabled");
        }
        VectorSelector selector = switch (operand) {
            case VectorSelector vector -> vector;
            case MatrixSelector matrix -> matrix.selector();
            case Subquery _ -> throw tokens.error(place, name + " modifier is not supported for subqueries");
            default -> throw tokens.error(place, name + " modifier not implemented");
        };
        Extension extension = anchored ? Extension.ANCHORED : Extension.SMOOTHED;
        if (selector.extension() != Extension.NONE && selector.extension() != extension) {
            throw tokens.error(place, "anchored and smoothed modifiers cannot be used together");
        }
        var extended = new VectorSelector(
                selector.name(), selector.matchers(), selector.modifiers(), extension, selector.span());
        return with(operand, extended);
    }

    Expr brackets(Expr operand) {
        int bracket = tokens.next().start();
        DurationExpr range = durations.range();
        if (tokens.accept(TokenKind.RIGHT_BRACKET)) {
            return matrix(operand, range, bracket);
        }
        tokens.expect(TokenKind.COLON, "subquery or range", "\":\" or \"]\"");
        DurationExpr step = tokens.at(TokenKind.RIGHT_BRACKET) ? null : durations.step();
        tokens.expect(TokenKind.RIGHT_BRACKET, "subquery selector", "\"]\"");
        return new Subquery(
                operand, range, step, Modifiers.NONE, new Span(operand.span().start(), tokens.end()));
    }

    private Expr matrix(Expr operand, DurationExpr range, int bracket) {
        if (!(operand instanceof VectorSelector selector)) {
            throw tokens.error(bracket, "ranges only allowed for vector selectors");
        }
        if (isSet(selector.modifiers().offset())) {
            throw tokens.error(bracket, "no offset modifiers allowed before range");
        }
        if (selector.modifiers().at() != null) {
            throw tokens.error(bracket, "no @ modifiers allowed before range");
        }
        return new MatrixSelector(selector, range, new Span(selector.span().start(), tokens.end()));
    }

    /// Those that the operand has so far, or null if it can have none.
    private static @Nullable Modifiers modifiers(Expr operand) {
        return switch (operand) {
            case VectorSelector selector -> selector.modifiers();
            case MatrixSelector matrix -> matrix.selector().modifiers();
            case Subquery subquery -> subquery.modifiers();
            default -> null;
        };
    }

    private Expr with(Expr operand, Modifiers modifiers) {
        return switch (operand) {
            case VectorSelector selector -> with(selector, with(selector, modifiers));
            case MatrixSelector matrix -> with(matrix, with(matrix.selector(), modifiers));
            case Subquery subquery ->
                new Subquery(
                        subquery.inner(),
                        subquery.range(),
                        subquery.step(),
                        modifiers,
                        new Span(subquery.span().start(), tokens.end()));
            default -> throw new IllegalStateException("no modifiers allowed: " + operand);
        };
    }

    private static VectorSelector with(VectorSelector selector, Modifiers modifiers) {
        return new VectorSelector(
                selector.name(), selector.matchers(), modifiers, selector.extension(), selector.span());
    }

    /// The operand with another selector inside, ending where the parser stands.
    private Expr with(Expr operand, VectorSelector selector) {
        int end = tokens.end();
        if (operand instanceof MatrixSelector matrix) {
            return new MatrixSelector(
                    selector, matrix.range(), new Span(matrix.span().start(), end));
        }
        return new VectorSelector(
                selector.name(),
                selector.matchers(),
                selector.modifiers(),
                selector.extension(),
                new Span(selector.span().start(), end));
    }
}
