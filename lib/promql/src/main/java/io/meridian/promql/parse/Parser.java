package io.meridian.promql.parse;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Utf8;
import java.util.List;

/// Text to syntax tree, with the errors of Prometheus 3.14 word for word.
///
/// Limits: [#TEXT_BYTES_MAX] of text, [#NESTING_MAX] levels of nesting, trees [#HEIGHT_MAX] nodes high, so that neither
/// parsing nor evaluating can exhaust a stack.
public final class Parser {
    static final int TEXT_BYTES_MAX = 4 << 20;
    static final int NESTING_MAX = 200;
    static final int HEIGHT_MAX = 1_000;

    private Parser() {}

    /// A whole expression, checked for types.
    ///
    /// @throws ParseException if the text is not PromQL
    public static Expr parse(String text, ParserOptions options) {
        byte[] utf8 = encode(text);
        var tokens = new TokenStream(utf8);
        Token first = tokens.peek();
        if (first.kind() == TokenKind.END) {
            throw ParseException.at(utf8, 0, "no expression found in input");
        }
        Expr expression = new ExpressionParser(tokens, options).parse();
        return new TypeCheck(utf8).check(expression);
    }

    /// The matchers of a `match[]` parameter: a selector without range or modifiers. Whether one of them demands
    /// anything is not checked.
    ///
    /// @throws ParseException if the text is not a selector
    public static List<LabelMatcher> parseSelector(String text) {
        var tokens = new TokenStream(encode(text));
        Expr.VectorSelector selector = new SelectorParser(tokens).parse();
        if (!tokens.at(TokenKind.END)) {
            throw tokens.unexpected("", "");
        }
        return selector.matchers();
    }

    private static byte[] encode(String text) {
        byte[] utf8 = Utf8.encode(text);
        if (utf8.length > TEXT_BYTES_MAX) {
            throw ParseException.at(
                    utf8, 0, "query too long: bytes=%d, maximum=%d".formatted(utf8.length, TEXT_BYTES_MAX));
        }
        return utf8;
    }
}
