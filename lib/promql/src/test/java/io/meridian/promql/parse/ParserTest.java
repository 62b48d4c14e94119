package io.meridian.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.testkit.SeededRandom;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {
    private static final List<String> PIECES = List.of(
            "foo",
            "a:b",
            "sum",
            "topk",
            "by",
            "without",
            "on",
            "ignoring",
            "group_left",
            "bool",
            "fill",
            "offset",
            "@",
            "start",
            "end",
            "step",
            "range",
            "min_of",
            "anchored",
            "smoothed",
            "and",
            "or",
            "unless",
            "atan2",
            "rate",
            "info",
            "(",
            ")",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "+",
            "-",
            "*",
            "/",
            "^",
            "%",
            "==",
            "!=",
            "</",
            ">/",
            "=~",
            "=",
            "5m",
            "1",
            "0",
            "1e3",
            "0x1F",
            "NaN",
            "\"a\"",
            "'b'",
            "`c`",
            "#x\n",
            " ",
            "\t",
            "é",
            "\uDCFF");

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            value = {
                "up[ | 1:4: parse error: unexpected end of input in duration expression",
                "up{job} | 1:7: parse error: unexpected \"}\" in label matching, expected label matching operator",
                "sum(up)) | 1:9: parse error: unexpected right parenthesis ')'",
                "sum by (1) (up) | 1:9: parse error: unexpected number \"1\" in grouping opts, expected label",
                "sum(up up) | 1:8: parse error: unexpected identifier \"up\" in aggregation",
                "rate(up, ) | 1:8: parse error: trailing commas not allowed in function call args",
                "rate(up) | 1:6: parse error: expected type range vector in call to function \"rate\", got instant vector",
                "up[5m / 0] | 1:7: parse error: division by zero",
                "up[a | 1:4: parse error: unexpected character in duration expression: 'a'",
                "up[5m + a | 1:9: parse error: unexpected character: 'a', expected ':'",
                "up[5m - | 1:8: parse error: unclosed left bracket",
                "up[max_of(5m,a | 1:14: parse error: unexpected character: 'a', expected ':'",
                "7sum | 1:1: parse error: bad number or duration syntax: \"7su\"",
                "0x1.8 | 1:1: parse error: bad number or duration syntax: \"0x1.\"",
                "1_ & | 1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1_\": invalid syntax",
                "up[0x] | 1:4: parse error: error parsing number: strconv.ParseFloat: parsing \"0x\": invalid syntax",
                "5M | 1:1: parse error: bad number or duration syntax: \"5\"",
                "up{job!~\"[\"} | 1:4: parse error: error parsing regexp: missing closing ]: `[`",
                "\"\\q\" | 1:1: parse error: unknown escape sequence U+0071 'q'",
                "up[1.5h] | 1:4: parse error: unknown unit \".\" in duration \"1.5h\"",
                "up[foo] | 1:4: parse error: unexpected character in duration expression: 'f'",
                "up[5m foo] | 1:7: parse error: unexpected character: 'f', expected ':'",
                "up offset foo | 1:11: parse error: unexpected identifier \"foo\" in offset, expected number, duration, step(), or range()",
                "1 == 2 | 1:3: parse error: comparisons between scalars must use BOOL modifier",
                "up up | 1:4: parse error: unexpected identifier \"up\"",
                "s offset (1 * 9.3e9) | 1:15: parse error: duration out of range",
                "s offset -1e10 | 1:10: parse error: duration out of range",
            })
    void parse_badQuery_saysWhereAndWhat(String query, String message) {
        assertThatThrownBy(() -> Parser.parse(query, ParserOptions.DEFAULT))
                .isInstanceOf(ParseException.class)
                .hasMessage(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            value = {
                "-a^2 | (-(a^2))",
                "-2*3 | ((-2)*3)",
                "2^3^4 | (2^(3^4))",
                "2 ^ -a * 3 | ((2^(-a))*3)",
                "a - b - c | ((a-b)-c)",
                "a or b unless c and d | (aor((bunlessc)andd))",
                "a == -b + c * d atan2 e | (a==((-b)+((c*d)atan2e)))",
            })
    void parse_operators_bindAsInPrometheus(String query, String grouped) {
        assertThat(grouped(Parser.parse(query, ParserOptions.DEFAULT))).isEqualTo(grouped);
    }

    private static String grouped(Expr expr) {
        return switch (expr) {
            case Expr.Binary binary ->
                "(" + grouped(binary.left()) + binary.operator().text() + grouped(binary.right()) + ")";
            case Expr.Unary unary -> "(-" + grouped(unary.operand()) + ")";
            case Expr.NumberLiteral number when number.value() < 0 -> "(" + Printer.print(number) + ")";
            default -> Printer.print(expr);
        };
    }

    @Test
    void parse_deepNesting_isAParseErrorNotAnOverflow() {
        for (String piece : List.of("(", "sum(", "-", "abs(", "1 ^ ", "{", "a[", "a[(", "a[-", "a offset (")) {
            assertThatThrownBy(() -> Parser.parse(piece.repeat(100_000), ParserOptions.ALL))
                    .isInstanceOf(ParseException.class);
        }
        assertThatThrownBy(() -> Parser.parse("a + ".repeat(100_000) + "a", ParserOptions.ALL))
                .isInstanceOf(ParseException.class)
                .hasMessageContaining("levels");
    }

    @Test
    void parse_longChain_isAllowed() {
        String query = "a or ".repeat(900) + "a";
        assertThat(Printer.print(Parser.parse(query, ParserOptions.DEFAULT))).isEqualTo(query);
    }

    /// Whatever comes in: a tree that prints and reads back, or a ParseException.
    @Test
    void parse_randomPieces_treeOrParseException() {
        var random = SeededRandom.create("ParserTest");
        for (int i = 0; i < 15_000; i++) {
            checkRoundTrip(randomQuery(random));
        }
    }

    private static String randomQuery(RandomGenerator random) {
        var out = new StringBuilder();
        int count = random.nextInt(1, 12);
        for (int i = 0; i < count; i++) {
            out.append(PIECES.get(random.nextInt(PIECES.size())));
            if (random.nextInt(3) > 0) {
                out.append(' ');
            }
        }
        return out.toString();
    }

    private static void checkRoundTrip(String query) {
        Expr expr;
        try {
            expr = Parser.parse(query, ParserOptions.ALL);
        } catch (ParseException _) {
            return;
        }
        RoundTrip.check(query, expr);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "up[((5m))] | up[(5m)]",
                "up[-(-30s)] | up[-(-30s)]",
                "up offset (0) | up offset (0)",
                "up[5m:(1m)] | up[5m:(1m)]",
                "up[--5m] | up[5m]",
                "a + fill (NaN) b | a + fill_left (NaN) fill_right (NaN) b",
                "a + fill_left (0) fill_right (-0) b | a + fill (0) b",
            })
    void print_parenthesesOfDurationsAndFills_asInPrometheus(String query, String printed) {
        assertThat(PrettyPrinter.print(Parser.parse(query, ParserOptions.ALL))).isEqualTo(printed);
    }

    @Test
    void parseSelector_matchers_inOrderNameLast() {
        assertThat(Parser.parseSelector("up{job=\"a\",x!~\"b\"}"))
                .map(Object::toString)
                .containsExactly("job=\"a\"", "x!~\"b\"", "__name__=\"up\"");
    }
}
