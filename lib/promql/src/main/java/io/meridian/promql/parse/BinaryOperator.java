package io.meridian.promql.parse;

/// Binary operators of PromQL.
public enum BinaryOperator {
    ADD("+"),
    SUB("-"),
    MUL("*"),
    DIV("/"),
    MOD("%"),
    POW("^"),
    ATAN2("atan2"),
    EQL("=="),
    NEQ("!="),
    LTE("<="),
    LSS("<"),
    GTE(">="),
    GTR(">"),
    TRIM_UPPER("</"),
    TRIM_LOWER(">/"),
    AND("and"),
    OR("or"),
    UNLESS("unless");

    private final String text;

    BinaryOperator(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    public boolean isComparison() {
        return switch (this) {
            case EQL, NEQ, LTE, LSS, GTE, GTR -> true;
            default -> false;
        };
    }

    public boolean isSet() {
        return this == AND || this == OR || this == UNLESS;
    }
}
