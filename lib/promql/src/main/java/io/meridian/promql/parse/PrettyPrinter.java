package io.meridian.promql.parse;

import io.meridian.model.Utf8;

/// An expression over several lines, as `format_query` answers. A node is split if its own text has more than
/// [#LINE_BYTES_MAX] bytes, whatever its indentation.
public final class PrettyPrinter {
    private static final int LINE_BYTES_MAX = 100;

    private PrettyPrinter() {}

    public static String print(Expr expr) {
        return print(expr, 0);
    }

    private static String print(Expr expr, int level) {
        String line = Printer.print(expr);
        String indent = "  ".repeat(level);
        if (!mustSplit(line)) {
            // A subquery on one line goes without its indentation, as in Prometheus.
            return expr instanceof Expr.Subquery ? line : indent + line;
        }
        return switch (expr) {
            case Expr.Aggregation aggregation -> {
                Expr parameter = aggregation.parameter();
                yield indent
                        + Printer.aggregationHead(aggregation)
                        + "\n"
                        + (parameter == null ? "" : print(parameter, level + 1) + ",\n")
                        + print(aggregation.operand(), level + 1)
                        + "\n"
                        + indent
                        + ")";
            }
            case Expr.Binary binary ->
                print(binary.left(), level + 1)
                        + "\n"
                        + indent
                        + Printer.operatorText(binary)
                        + "\n"
                        + print(binary.right(), level + 1);
            case Expr.Call call -> {
                var out =
                        new StringBuilder(indent).append(call.function().name()).append("(\n");
                for (int i = 0; i < call.arguments().size(); i++) {
                    out.append(i == 0 ? "" : ",\n")
                            .append(print(call.arguments().get(i), level + 1));
                }
                yield out.append('\n').append(indent).append(')').toString();
            }
            case Expr.Paren paren -> indent + "(\n" + print(paren.inner(), level + 1) + "\n" + indent + ")";
            case Expr.Subquery subquery -> print(subquery.inner(), level) + Printer.subquerySuffix(subquery);
            case Expr.Unary unary ->
                indent
                        + (unary.negative() ? "-" : "+")
                        + print(unary.operand(), level).strip();
            case Expr.VectorSelector _, Expr.MatrixSelector _, Expr.NumberLiteral _, Expr.StringLiteral _ ->
                indent + line;
        };
    }

    private static boolean mustSplit(String line) {
        return line.length() > LINE_BYTES_MAX || Utf8.encode(line).length > LINE_BYTES_MAX;
    }
}
