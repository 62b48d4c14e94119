package io.meridian.promql.parse;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Kinds of tokens. The form says how an error text shows one.
enum TokenKind {
    END(Form.END, ""),
    IDENTIFIER(Form.IDENTIFIER, ""),
    METRIC_IDENTIFIER(Form.METRIC_IDENTIFIER, ""),
    NUMBER(Form.NUMBER, ""),
    DURATION(Form.DURATION, ""),
    STRING(Form.STRING, ""),

    COMMA(Form.PUNCTUATION, ","),
    COLON(Form.PUNCTUATION, ":"),
    LEFT_PAREN(Form.PUNCTUATION, "("),
    RIGHT_PAREN(Form.PUNCTUATION, ")"),
    LEFT_BRACE(Form.PUNCTUATION, "{"),
    RIGHT_BRACE(Form.PUNCTUATION, "}"),
    LEFT_BRACKET(Form.PUNCTUATION, "["),
    RIGHT_BRACKET(Form.PUNCTUATION, "]"),
    ASSIGN(Form.PUNCTUATION, "="),

    EQUAL_REGEX(Form.OPERATOR, "=~"),
    NOT_EQUAL_REGEX(Form.OPERATOR, "!~"),
    AT(Form.OPERATOR, "@"),
    ADD(BinaryOperator.ADD),
    SUB(BinaryOperator.SUB),
    MUL(BinaryOperator.MUL),
    DIV(BinaryOperator.DIV),
    MOD(BinaryOperator.MOD),
    POW(BinaryOperator.POW),
    EQL(BinaryOperator.EQL),
    NEQ(BinaryOperator.NEQ),
    LTE(BinaryOperator.LTE),
    LSS(BinaryOperator.LSS),
    GTE(BinaryOperator.GTE),
    GTR(BinaryOperator.GTR),
    TRIM_UPPER(BinaryOperator.TRIM_UPPER),
    TRIM_LOWER(BinaryOperator.TRIM_LOWER),

    ATAN2(BinaryOperator.ATAN2),
    AND(BinaryOperator.AND),
    OR(BinaryOperator.OR),
    UNLESS(BinaryOperator.UNLESS),
    AGGREGATE(Form.AGGREGATE, ""),
    BY(Form.KEYWORD, "by"),
    WITHOUT(Form.KEYWORD, "without"),
    OFFSET(Form.KEYWORD, "offset"),
    ON(Form.KEYWORD, "on"),
    IGNORING(Form.KEYWORD, "ignoring"),
    GROUP_LEFT(Form.KEYWORD, "group_left"),
    GROUP_RIGHT(Form.KEYWORD, "group_right"),
    BOOL(Form.KEYWORD, "bool"),
    ANCHORED(Form.KEYWORD, "anchored"),
    SMOOTHED(Form.KEYWORD, "smoothed"),
    FILL(Form.KEYWORD, "fill"),
    FILL_LEFT(Form.KEYWORD, "fill_left"),
    FILL_RIGHT(Form.KEYWORD, "fill_right"),
    START(Form.FUNCTION_WORD, "start"),
    FINISH(Form.FUNCTION_WORD, "end"),
    STEP(Form.FUNCTION_WORD, "step"),
    RANGE(Form.FUNCTION_WORD, "range"),
    MIN_OF(Form.FUNCTION_WORD, "min_of"),
    MAX_OF(Form.FUNCTION_WORD, "max_of");

    enum Form {
        END,
        IDENTIFIER,
        METRIC_IDENTIFIER,
        NUMBER,
        DURATION,
        STRING,
        PUNCTUATION,
        OPERATOR,
        AGGREGATE,
        KEYWORD,
        FUNCTION_WORD
    }

    private static final Map<String, AggregateOperator> AGGREGATES =
            Stream.of(AggregateOperator.values()).collect(Collectors.toMap(AggregateOperator::text, a -> a));

    private static final Map<String, TokenKind> WORDS = Stream.of(values())
            .filter(kind -> !kind.text.isEmpty() && Character.isLetter(kind.text.charAt(0)))
            .collect(Collectors.toMap(kind -> kind.text, kind -> kind));

    private final Form form;
    private final String text;
    private final @Nullable BinaryOperator operator;

    TokenKind(Form form, String text) {
        this.form = form;
        this.text = text;
        this.operator = null;
    }

    TokenKind(BinaryOperator operator) {
        this.form = Form.OPERATOR;
        this.text = operator.text();
        this.operator = operator;
    }

    Form form() {
        return form;
    }

    /// The binary operator that the token is, or null.
    @Nullable
    BinaryOperator operator() {
        return operator;
    }

    /// What a word is: a keyword in any case, a number (`inf`, `nan`), or null for a plain name.
    static @Nullable TokenKind ofWord(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (AGGREGATES.containsKey(lower)) {
            return AGGREGATE;
        }
        return lower.equals("inf") || lower.equals("nan") ? NUMBER : WORDS.get(lower);
    }

    /// The aggregation that a token of kind [#AGGREGATE] names.
    static AggregateOperator aggregate(String word) {
        AggregateOperator operator = AGGREGATES.get(word.toLowerCase(Locale.ROOT));
        if (operator == null) {
            throw new IllegalArgumentException("not an aggregation: " + word);
        }
        return operator;
    }

    /// Whether the token may stand where a metric name stands.
    boolean isMetricName() {
        return switch (this) {
            case IDENTIFIER,
                    METRIC_IDENTIFIER,
                    AGGREGATE,
                    AND,
                    OR,
                    UNLESS,
                    BY,
                    WITHOUT,
                    OFFSET,
                    ANCHORED,
                    SMOOTHED,
                    FILL,
                    FILL_LEFT,
                    FILL_RIGHT -> true;
            default -> form == Form.FUNCTION_WORD;
        };
    }

    /// Whether the token may stand for a label in `by (…)` and the like.
    boolean isLabelName() {
        return switch (form) {
            case IDENTIFIER, METRIC_IDENTIFIER, AGGREGATE, KEYWORD, FUNCTION_WORD -> true;
            case OPERATOR -> Character.isLetter(text.charAt(0));
            default -> false;
        };
    }

    /// Whether an expression may begin with the token.
    boolean startsExpression() {
        return switch (this) {
            case NUMBER, DURATION, STRING, LEFT_PAREN, LEFT_BRACE, ADD, SUB -> true;
            default -> isMetricName();
        };
    }
}
