package io.meridian.promql.parse;

import io.meridian.model.GoQuote;
import io.meridian.promql.parse.Expr.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Recursive descent with precedence climbing. Errors that need only one node are raised where the node is complete.
final class ExpressionParser {
    private static final int PRECEDENCE_MIN = 1;
    private static final int PRECEDENCE_POW = 6;

    private final TokenStream tokens;
    private final ParserOptions options;
    private final PostfixParser postfix;
    private final GroupingParser grouping;
    private final SelectorParser selectors;

    /// Aggregations whose parentheses are open: what is unexpected there is "in aggregation".
    private int openAggregations;

    private int nesting;

    /// Of the tree read last.
    private int height;

    ExpressionParser(TokenStream tokens, ParserOptions options) {
        this.tokens = tokens;
        this.options = options;
        this.postfix = new PostfixParser(tokens, options);
        this.grouping = new GroupingParser(tokens);
        this.selectors = new SelectorParser(tokens);
    }

    Expr parse() {
        Expr expression = expression(PRECEDENCE_MIN);
        if (!tokens.at(TokenKind.END)) {
            throw unexpected();
        }
        return expression;
    }

    private Expr expression(int precedenceMin) {
        if (++nesting > Parser.NESTING_MAX) {
            throw tokens.error(
                    tokens.peek().start(), "expression nested deeper than " + Parser.NESTING_MAX + " levels");
        }
        Expr left = tokens.at(TokenKind.ADD) || tokens.at(TokenKind.SUB) ? signed() : operand();
        while (true) {
            Token token = tokens.peek();
            BinaryOperator operator = token.kind().operator();
            if (operator == null || precedence(operator) < precedenceMin) {
                nesting--;
                return left;
            }
            tokens.next();
            int leftHeight = height;
            GroupingParser.Modifiers modifiers = grouping.modifiers(operator);
            int precedence = precedence(operator);
            Expr right = expression(precedence == PRECEDENCE_POW ? precedence : precedence + 1);
            if (modifiers.filled() && !options.fillModifiers()) {
                throw tokens.error(left.span().start(), "binop fill modifiers are experimental and not enabled");
            }
            left = new Expr.Binary(
                    operator,
                    left,
                    right,
                    modifiers.returnBool(),
                    modifiers.matching(),
                    token.span(),
                    new Span(left.span().start(), right.span().end()));
            grow(Math.max(leftHeight, height));
        }
    }

    private static int precedence(BinaryOperator operator) {
        return switch (operator) {
            case OR -> 1;
            case AND, UNLESS -> 2;
            case EQL, NEQ, LTE, LSS, GTE, GTR, TRIM_UPPER, TRIM_LOWER -> 3;
            case ADD, SUB -> 4;
            case MUL, DIV, MOD, ATAN2 -> 5;
            case POW -> PRECEDENCE_POW;
        };
    }

    private void grow(int below) {
        height = below + 1;
        if (height > Parser.HEIGHT_MAX) {
            throw tokens.error(tokens.end(), "expression of more than " + Parser.HEIGHT_MAX + " levels");
        }
    }

    /// A sign binds like `*`, so its operand may hold powers only.
    private Expr signed() {
        Token sign = tokens.next();
        Expr operand = expression(PRECEDENCE_POW);
        boolean negative = sign.kind() == TokenKind.SUB;
        var span = new Span(sign.start(), operand.span().end());
        if (operand instanceof Expr.NumberLiteral number) {
            return new Expr.NumberLiteral(negative ? -number.value() : number.value(), number.isDuration(), span);
        }
        grow(height);
        return new Expr.Unary(negative, operand, span);
    }

    private Expr operand() {
        Expr operand = primary();
        while (true) {
            switch (tokens.peek().kind()) {
                case OFFSET -> operand = postfix.offset(operand);
                case AT -> operand = postfix.at(operand);
                case ANCHORED, SMOOTHED -> operand = postfix.extension(operand);
                case LEFT_BRACKET -> {
                    operand = postfix.brackets(operand);
                    grow(height);
                }
                default -> {
                    return operand;
                }
            }
        }
    }

    private Expr primary() {
        height = 1;
        Token token = tokens.peek();
        return switch (token.kind()) {
            case NUMBER, DURATION -> {
                tokens.next();
                boolean isDuration = token.kind() == TokenKind.DURATION;
                yield new Expr.NumberLiteral(DurationParser.seconds(tokens, token), isDuration, token.span());
            }
            case STRING -> {
                tokens.next();
                yield new Expr.StringLiteral(Literals.string(token.text()), token.span());
            }
            case LEFT_PAREN -> {
                tokens.next();
                Expr inner = expression(PRECEDENCE_MIN);
                expect(TokenKind.RIGHT_PAREN);
                grow(height);
                yield new Expr.Paren(inner, new Span(token.start(), tokens.end()));
            }
            case LEFT_BRACE -> selectors.parse();
            case AGGREGATE -> {
                tokens.next();
                yield tokens.at(TokenKind.LEFT_PAREN) || tokens.at(TokenKind.BY) || tokens.at(TokenKind.WITHOUT)
                        ? aggregation(token)
                        : selectors.named(token);
            }
            case IDENTIFIER, START, FINISH, STEP, RANGE, MIN_OF, MAX_OF -> {
                tokens.next();
                yield tokens.at(TokenKind.LEFT_PAREN) ? call(token) : selectors.named(token);
            }
            default -> {
                if (!token.kind().isMetricName()) {
                    throw unexpected();
                }
                tokens.next();
                yield selectors.named(token);
            }
        };
    }

    private Expr call(Token name) {
        List<Expr> arguments = arguments();
        Function function = Functions.find(name.text());
        if (function == null) {
            throw tokens.error(name.start(), "unknown function with name " + GoQuote.quote(name.text()));
        }
        if (function.experimental() && !options.experimentalFunctions()) {
            throw tokens.error(name.start(), "function " + GoQuote.quote(name.text()) + " is not enabled");
        }
        return new Expr.Call(function, arguments, new Span(name.start(), tokens.end()));
    }

    private List<Expr> arguments() {
        expect(TokenKind.LEFT_PAREN);
        var arguments = new ArrayList<Expr>();
        int highest = 0;
        if (!tokens.accept(TokenKind.RIGHT_PAREN)) {
            while (true) {
                arguments.add(expression(PRECEDENCE_MIN));
                highest = Math.max(highest, height);
                if (tokens.accept(TokenKind.RIGHT_PAREN)) {
                    break;
                }
                int comma = tokens.peek().start();
                expect(TokenKind.COMMA);
                if (!tokens.peek().kind().startsExpression()) {
                    throw tokens.error(comma, "trailing commas not allowed in function call args");
                }
            }
        }
        grow(highest);
        return List.copyOf(arguments);
    }

    private Expr aggregation(Token name) {
        openAggregations++;
        boolean without = tokens.at(TokenKind.WITHOUT);
        List<String> labels = null;
        if (!tokens.at(TokenKind.LEFT_PAREN)) {
            tokens.next();
            labels = grouping.labels();
        }
        List<Expr> arguments = arguments();
        if (labels == null && (tokens.at(TokenKind.BY) || tokens.at(TokenKind.WITHOUT))) {
            without = tokens.next().kind() == TokenKind.WITHOUT;
            labels = grouping.labels();
        }
        openAggregations--;
        return aggregation(name, arguments, labels, without);
    }

    private Expr aggregation(Token name, List<Expr> arguments, @Nullable List<String> labels, boolean without) {
        AggregateOperator operator = TokenKind.aggregate(name.text());
        if (arguments.isEmpty()) {
            throw tokens.error(name.start(), "no arguments for aggregate expression provided");
        }
        int wanted = operator.takesParameter() ? 2 : 1;
        if (operator.isExperimental() && !options.experimentalFunctions()) {
            throw tokens.error(
                    name.start(),
                    operator.text() + "() is experimental and must be enabled with "
                            + "--enable-feature=promql-experimental-functions");
        }
        if (arguments.size() != wanted) {
            throw tokens.error(
                    name.start(),
                    "wrong number of arguments for aggregate expression provided, expected %d, got %d"
                            .formatted(wanted, arguments.size()));
        }
        return new Expr.Aggregation(
                operator,
                arguments.getLast(),
                wanted == 2 ? arguments.getFirst() : null,
                labels == null ? List.of() : labels,
                without,
                new Span(name.start(), tokens.end()));
    }

    private void expect(TokenKind kind) {
        if (!tokens.at(kind)) {
            throw unexpected();
        }
        tokens.next();
    }

    private ParseException unexpected() {
        return tokens.unexpected(openAggregations > 0 ? "aggregation" : "", "");
    }
}
