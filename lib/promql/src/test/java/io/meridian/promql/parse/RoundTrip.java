package io.meridian.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;

/// What is printed must read back as the same tree.
final class RoundTrip {
    private RoundTrip() {}

    static void check(String query, Expr expr) {
        String printed = Printer.print(expr);
        if (printed.contains("info(")) {
            // An empty selector prints as nothing, which does not read back; Prometheus has the same gap.
            return;
        }
        Expr again = Parser.parse(printed, ParserOptions.ALL);
        assertThat(Printer.print(again)).as(query).isEqualTo(printed);
        Expr pretty = Parser.parse(PrettyPrinter.print(expr), ParserOptions.ALL);
        assertThat(AstJson.write(pretty)).as(query).isEqualTo(AstJson.write(again));
    }
}
