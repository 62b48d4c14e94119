package io.meridian.promql.parse;

import static io.meridian.promql.parse.Expr.ValueType.MATRIX;
import static io.meridian.promql.parse.Expr.ValueType.SCALAR;
import static io.meridian.promql.parse.Expr.ValueType.STRING;
import static io.meridian.promql.parse.Expr.ValueType.VECTOR;

import io.meridian.model.GoQuote;
import io.meridian.model.LabelMatcher;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks that do not need data: types, argument counts, matchings. Returns the tree with those matchings dropped that
/// mean nothing because a scalar is involved.
final class TypeCheck {
    private final byte[] text;

    TypeCheck(byte[] text) {
        this.text = text;
    }

    Expr check(Expr node) {
        return switch (node) {
            case Expr.NumberLiteral number -> number;
            case Expr.StringLiteral string -> string;
            case Expr.Paren paren -> paren(paren);
            case Expr.Unary unary -> unary(unary);
            case Expr.VectorSelector selector -> selector(selector, false);
            case Expr.MatrixSelector matrix -> {
                selector(matrix.selector(), false);
                yield matrix;
            }
            case Expr.Subquery subquery -> subquery(subquery);
            case Expr.Call call -> call(call);
            case Expr.Aggregation aggregation -> aggregation(aggregation);
            case Expr.Binary binary -> binary(binary);
        };
    }

    private Expr paren(Expr.Paren paren) {
        Expr inner = check(paren.inner());
        return new Expr.Paren(inner, paren.span());
    }

    private Expr unary(Expr.Unary unary) {
        Expr operand = check(unary.operand());
        ValueType type = operand.type();
        if (type != SCALAR && type != VECTOR) {
            throw error(
                    unary.span().start(),
                    "unary expression only allowed on expressions of type scalar or instant vector, got "
                            + GoQuote.quote(type.text()));
        }
        return new Expr.Unary(unary.negative(), operand, unary.span());
    }

    private Expr selector(Expr.VectorSelector selector, boolean mayMatchEverything) {
        List<LabelMatcher> matchers = selector.matchers();
        if (!selector.name().isEmpty()) {
            for (LabelMatcher matcher : matchers.subList(0, matchers.size() - 1)) {
                if (matcher.name().equals("__name__")) {
                    throw error(
                            selector.span().start(),
                            "metric name must not be set twice: %s or %s"
                                    .formatted(GoQuote.quote(selector.name()), GoQuote.quote(matcher.value())));
                }
            }
        } else if (!mayMatchEverything && matchers.stream().allMatch(LabelMatcher::matchesEmpty)) {
            throw error(selector.span().start(), "vector selector must contain at least one non-empty matcher");
        }
        return selector;
    }

    private Expr subquery(Expr.Subquery subquery) {
        Expr inner = check(subquery.inner());
        if (inner.type() != VECTOR) {
            String type = inner.type() == MATRIX ? "matrix" : inner.type().text();
            throw error(
                    subquery.span().start(), "subquery is only allowed on instant vector, got " + type + " instead");
        }
        return new Expr.Subquery(inner, subquery.range(), subquery.step(), subquery.modifiers(), subquery.span());
    }

    private Expr call(Expr.Call call) {
        Function function = call.function();
        List<Expr> arguments = call.arguments();
        int place = call.span().start();
        checkCount(function, arguments.size(), place);
        boolean info = function.name().equals("info") && arguments.size() > 1;
        if (info) {
            checkInfoSelector(arguments.get(1), place);
        }
        String context = "call to function " + GoQuote.quote(function.name());
        var checked = new ArrayList<Expr>(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            Expr argument = arguments.get(i);
            ValueType type =
                    function.arguments().get(Math.min(i, function.arguments().size() - 1));
            Expr result = info && i == 1 && argument instanceof Expr.VectorSelector selector
                    ? selector(selector, true)
                    : expect(argument, type, context);
            checked.add(result);
        }
        return new Expr.Call(function, List.copyOf(checked), call.span());
    }

    private void checkCount(Function function, int given, int place) {
        int declared = function.arguments().size();
        String call = " argument(s) in call to " + GoQuote.quote(function.name()) + ", got " + given;
        if (function.variadic() == 0) {
            if (given != declared) {
                throw error(place, "expected " + declared + call);
            }
            return;
        }
        int least = declared - 1;
        if (given < least) {
            throw error(place, "expected at least " + least + call);
        }
        if (function.variadic() > 0 && given > least + function.variadic()) {
            throw error(place, "expected at most " + (least + function.variadic()) + call);
        }
    }

    private void checkInfoSelector(Expr argument, int place) {
        if (argument.type() != VECTOR) {
            throw error(
                    place,
                    "expected type instant vector in call to function \"info\", got "
                            + argument.type().text());
        }
        if (!(argument instanceof Expr.VectorSelector selector)) {
            throw error(argument.span().start(), "expected label selectors only");
        }
        if (!selector.name().isEmpty()) {
            throw error(argument.span().start(), "expected label selectors only, got vector selector instead");
        }
    }

    private Expr aggregation(Expr.Aggregation aggregation) {
        Expr operand = expect(aggregation.operand(), VECTOR, "aggregation expression");
        Expr parameter = aggregation.parameter();
        if (parameter != null) {
            ValueType type = aggregation.operator() == AggregateOperator.COUNT_VALUES ? STRING : SCALAR;
            parameter = expect(parameter, type, "aggregation parameter");
        }
        return new Expr.Aggregation(
                aggregation.operator(),
                operand,
                parameter,
                aggregation.grouping(),
                aggregation.without(),
                aggregation.span());
    }

    private Expr binary(Expr.Binary binary) {
        Expr left = check(binary.left());
        Expr right = check(binary.right());
        int operatorPlace = binary.operatorSpan().start();
        Matching written = binary.matching();
        if (binary.returnBool() && !binary.operator().isComparison()) {
            throw error(operatorPlace, "bool modifier can only be used on comparison operators");
        }
        if (binary.operator().isComparison()
                && !binary.returnBool()
                && left.type() == SCALAR
                && right.type() == SCALAR) {
            throw error(operatorPlace, "comparisons between scalars must use BOOL modifier");
        }
        if (written != null && written.on()) {
            for (String label : written.labels()) {
                if (written.include().contains(label)) {
                    throw error(
                            operatorPlace,
                            "label " + GoQuote.quote(label) + " must not occur in ON and GROUP clause at once");
                }
            }
        }
        for (Expr side : List.of(left, right)) {
            if (side.type() != SCALAR && side.type() != VECTOR) {
                throw error(side.span().start(), "binary expression must contain only scalar and instant vector types");
            }
        }
        Matching matching = matching(binary, left, right);
        return new Expr.Binary(
                binary.operator(), left, right, binary.returnBool(), matching, binary.operatorSpan(), binary.span());
    }

    private @Nullable Matching matching(Expr.Binary binary, Expr left, Expr right) {
        Matching matching = binary.matching();
        int place = binary.span().start();
        boolean set = binary.operator().isSet();
        boolean filled = matching != null && (matching.fillLeft() != null || matching.fillRight() != null);
        if (left.type() != VECTOR || right.type() != VECTOR) {
            if (matching != null && !matching.labels().isEmpty()) {
                throw error(place, "vector matching only allowed between instant vectors");
            }
            if (filled) {
                throw error(place, "filling in missing series only allowed between instant vectors");
            }
            if (set) {
                throw error(
                        place,
                        "set operator " + GoQuote.quote(binary.operator().text())
                                + " not allowed in binary scalar expression");
            }
            return null;
        }
        if (set && matching != null) {
            if (matching.cardinality() != Cardinality.MANY_TO_MANY) {
                throw error(
                        place,
                        "no grouping allowed for "
                                + GoQuote.quote(binary.operator().text()) + " operation");
            }
            if (filled) {
                throw error(place, "filling in missing series not allowed for set operators");
            }
        }
        return matching;
    }

    private Expr expect(Expr node, ValueType type, String context) {
        Expr checked = check(node);
        if (checked.type() != type) {
            throw error(
                    node.span().start(),
                    "expected type %s in %s, got %s"
                            .formatted(type.text(), context, checked.type().text()));
        }
        return checked;
    }

    private ParseException error(int position, String problem) {
        return ParseException.at(text, position, problem);
    }
}
