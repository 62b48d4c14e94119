package io.meridian.promql.parse;

import io.meridian.model.GoFloat;
import io.meridian.model.LabelMatcher;
import io.meridian.model.json.JsonWriter;
import io.meridian.promql.parse.Expr.At;
import io.meridian.promql.parse.Expr.DurationExpr;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.parse.Expr.Modifiers;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The syntax tree as JSON, as `parse_query` answers: keys in alphabetical order, durations in milliseconds.
public final class AstJson {
    private AstJson() {}

    public static String write(Expr expr) {
        return JsonWriter.compact(node(expr));
    }

    private static Map<String, @Nullable Object> node(Expr expr) {
        return switch (expr) {
            case Expr.NumberLiteral number -> {
                var map = typed("numberLiteral");
                map.put("val", GoFloat.fixed(number.value()));
                yield map;
            }
            case Expr.StringLiteral string -> {
                var map = typed("stringLiteral");
                map.put("val", string.value());
                yield map;
            }
            case Expr.Paren paren -> {
                var map = typed("parenExpr");
                map.put("expr", node(paren.inner()));
                yield map;
            }
            case Expr.Unary unary -> {
                var map = typed("unaryExpr");
                map.put("op", unary.negative() ? "-" : "+");
                map.put("expr", node(unary.operand()));
                yield map;
            }
            case Expr.VectorSelector selector -> selector("vectorSelector", selector);
            case Expr.MatrixSelector matrix -> {
                var map = selector("matrixSelector", matrix.selector());
                duration(map, "range", matrix.range());
                yield map;
            }
            case Expr.Subquery subquery -> {
                var map = typed("subquery");
                map.put("expr", node(subquery.inner()));
                duration(map, "range", subquery.range());
                duration(map, "step", subquery.step());
                modifiers(map, subquery.modifiers());
                yield map;
            }
            case Expr.Call call -> call(call);
            case Expr.Aggregation aggregation -> {
                var map = typed("aggregation");
                Expr parameter = aggregation.parameter();
                map.put("op", aggregation.operator().text());
                map.put("expr", node(aggregation.operand()));
                map.put("param", parameter == null ? null : node(parameter));
                map.put("grouping", aggregation.grouping());
                map.put("without", aggregation.without());
                yield map;
            }
            case Expr.Binary binary -> {
                var map = typed("binaryExpr");
                Matching matching = binary.matching();
                map.put("op", binary.operator().text());
                map.put("lhs", node(binary.left()));
                map.put("rhs", node(binary.right()));
                map.put("bool", binary.returnBool());
                map.put("matching", matching == null ? null : matching(matching));
                yield map;
            }
        };
    }

    private static Map<String, @Nullable Object> typed(String type) {
        var map = new TreeMap<String, @Nullable Object>();
        map.put("type", type);
        return map;
    }

    private static Map<String, @Nullable Object> call(Expr.Call call) {
        Function function = call.function();
        var signature = new TreeMap<String, @Nullable Object>();
        signature.put("name", function.name());
        signature.put(
                "argTypes", function.arguments().stream().map(AstJson::type).toList());
        signature.put("variadic", (long) function.variadic());
        signature.put("returnType", type(function.returns()));
        var map = typed("call");
        map.put("func", signature);
        map.put("args", call.arguments().stream().map(AstJson::node).toList());
        return map;
    }

    private static String type(ValueType type) {
        return switch (type) {
            case SCALAR -> "scalar";
            case STRING -> "string";
            case VECTOR -> "vector";
            case MATRIX -> "matrix";
        };
    }

    private static Map<String, @Nullable Object> matching(Matching matching) {
        var fill = new TreeMap<String, @Nullable Object>();
        fill.put("lhs", fillValue(matching.fillLeft()));
        fill.put("rhs", fillValue(matching.fillRight()));
        var map = new TreeMap<String, @Nullable Object>();
        map.put("card", matching.cardinality().text());
        map.put("labels", matching.labels());
        map.put("on", matching.on());
        map.put("include", matching.include());
        map.put("fillValues", fill);
        return map;
    }

    private static @Nullable Number fillValue(@Nullable Double value) {
        if (value == null) {
            return null;
        }
        long whole = (long) value.doubleValue();
        return whole == value ? (Number) whole : value;
    }

    private static Map<String, @Nullable Object> selector(String type, Expr.VectorSelector selector) {
        var matchers = new ArrayList<Map<String, @Nullable Object>>();
        for (LabelMatcher matcher : selector.matchers()) {
            var map = new TreeMap<String, @Nullable Object>();
            map.put("name", matcher.name());
            map.put("type", matcher.type().symbol());
            map.put("value", matcher.value());
            matchers.add(map);
        }
        var map = typed(type);
        map.put("name", selector.name());
        map.put("matchers", matchers);
        map.put("anchored", selector.extension() == Extension.ANCHORED);
        map.put("smoothed", selector.extension() == Extension.SMOOTHED);
        modifiers(map, selector.modifiers());
        return map;
    }

    private static void modifiers(Map<String, @Nullable Object> map, Modifiers modifiers) {
        duration(map, "offset", modifiers.offset());
        map.put("timestamp", modifiers.at() instanceof At.Timestamp timestamp ? (Object) timestamp.timeMs() : null);
        map.put(
                "startOrEnd",
                switch (modifiers.at()) {
                    case At.Start _ -> "start";
                    case At.End _ -> "end";
                    case At.Timestamp _ -> null;
                    case null -> null;
                });
    }

    /// Milliseconds under `key` and the expression, if there is one, under `keyExpr`.
    private static void duration(Map<String, @Nullable Object> map, String key, @Nullable DurationExpr duration) {
        switch (duration) {
            case null -> put(map, key, 0, null);
            case DurationExpr.Literal literal -> put(map, key, literal.milliseconds(), null);
            default -> put(map, key, 0, durationNode(duration));
        }
    }

    private static void put(
            Map<String, @Nullable Object> map, String key, long milliseconds, @Nullable Object expression) {
        map.put(key, milliseconds);
        map.put(key + "Expr", expression);
    }

    private static Map<String, @Nullable Object> durationNode(DurationExpr duration) {
        return switch (duration) {
            case DurationExpr.Literal literal -> {
                var map = typed("numberLiteral");
                map.put("val", GoFloat.fixed(literal.seconds()));
                map.put("duration", literal.isDuration());
                yield map;
            }
            case DurationExpr.Step _ -> durationNode("step", null, null);
            case DurationExpr.Range _ -> durationNode("range", null, null);
            case DurationExpr.Pick pick -> durationNode(pick.max() ? "max_of" : "min_of", pick.left(), pick.right());
            case DurationExpr.Negate negate -> durationNode(negate.negative() ? "-" : "+", null, negate.operand());
            case DurationExpr.Arithmetic binary ->
                durationNode(String.valueOf(binary.operator()), binary.left(), binary.right());
            case DurationExpr.Parens parens -> {
                var map = parens.inner() instanceof DurationExpr.Literal literal
                        ? durationNode("+", null, literal)
                        : durationNode(parens.inner());
                map.put("wrapped", true);
                yield map;
            }
        };
    }

    private static Map<String, @Nullable Object> durationNode(
            String operator, @Nullable DurationExpr left, @Nullable DurationExpr right) {
        var map = typed("durationExpr");
        map.put("op", operator);
        map.put("lhs", side(left));
        map.put("rhs", side(right));
        map.put("wrapped", false);
        return map;
    }

    private static @Nullable Object side(@Nullable DurationExpr side) {
        return side == null ? null : durationNode(side);
    }
}
