package io.meridian.promql.parse;

import io.meridian.model.LabelMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The syntax tree of a PromQL expression. Every node knows its place in the text.
public sealed interface Expr {
    /// Where the node stands, as byte offsets into the UTF-8 text of the query.
    record Span(int start, int end) {}

    /// What a node evaluates to.
    enum ValueType {
        SCALAR("scalar"),
        STRING("string"),
        VECTOR("instant vector"),
        MATRIX("range vector");

        private final String text;

        ValueType(String text) {
            this.text = text;
        }

        /// The name that error texts use.
        public String text() {
            return text;
        }
    }

    Span span();

    ValueType type();

    record NumberLiteral(double value, boolean isDuration, Span span) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.SCALAR;
        }
    }

    record StringLiteral(String value, Span span) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }
    }

    record Paren(Expr inner, Span span) implements Expr {
        @Override
        public ValueType type() {
            return inner.type();
        }
    }

    /// A sign before an operand that is not a number.
    record Unary(boolean negative, Expr operand, Span span) implements Expr {
        @Override
        public ValueType type() {
            return operand.type();
        }
    }

    /// A duration that is written as a number or duration, or computed when the query is prepared.
    sealed interface DurationExpr {
        Span span();

        /// A plain literal (`5m`, `300`), its sign included.
        ///
        /// @param isDuration whether it was written with a unit
        record Literal(double seconds, boolean isDuration, Span span) implements DurationExpr {
            /// Rounded to nanoseconds (halves away from zero), then truncated.
            public long milliseconds() {
                long nanos = Math.round(Math.abs(seconds) * 1e9);
                return (seconds < 0 ? -nanos : nanos) / 1_000_000;
            }
        }

        record Step(Span span) implements DurationExpr {}

        record Range(Span span) implements DurationExpr {}

        /// `min_of(a, b)` or `max_of(a, b)`.
        record Pick(boolean max, DurationExpr left, DurationExpr right, Span span) implements DurationExpr {}

        record Negate(boolean negative, DurationExpr operand, Span span) implements DurationExpr {}

        /// @param operator one of `+ - * / % ^`
        record Arithmetic(char operator, DurationExpr left, DurationExpr right, Span span) implements DurationExpr {}

        record Parens(DurationExpr inner, Span span) implements DurationExpr {}
    }

    /// `@ 12.5`, `@ start()` or `@ end()`.
    sealed interface At {
        record Timestamp(long timeMs) implements At {}

        record Start() implements At {}

        record End() implements At {}
    }

    /// `offset` and `@` of a selector or subquery.
    record Modifiers(
            @Nullable DurationExpr offset, @Nullable At at) {
        public static final Modifiers NONE = new Modifiers(null, null);
    }

    /// How samples at the borders of a range are treated (`anchored`, `smoothed`).
    enum Extension {
        NONE,
        ANCHORED,
        SMOOTHED
    }

    /// @param name     the metric name written before the braces, or `""`; also in `matchers` as `__name__="name"`
    /// @param matchers in the order written; that of a name before the braces last
    record VectorSelector(String name, List<LabelMatcher> matchers, Modifiers modifiers, Extension extension, Span span)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.VECTOR;
        }
    }

    /// `selector[range]`; offset, `@` and extension are those of the selector inside.
    record MatrixSelector(VectorSelector selector, DurationExpr range, Span span) implements Expr {
        @Override
        public ValueType type() {
            return ValueType.MATRIX;
        }
    }

    /// `expr[range:step]`; a null step is the default one.
    record Subquery(
            Expr inner, DurationExpr range, @Nullable DurationExpr step, Modifiers modifiers, Span span)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.MATRIX;
        }
    }

    record Call(Function function, List<Expr> arguments, Span span) implements Expr {
        @Override
        public ValueType type() {
            return function.returns();
        }
    }

    /// @param parameter of topk, quantile, count_values and their like, else null
    record Aggregation(
            AggregateOperator operator,
            Expr operand,
            @Nullable Expr parameter,
            List<String> grouping,
            boolean without,
            Span span)
            implements Expr {
        @Override
        public ValueType type() {
            return ValueType.VECTOR;
        }
    }

    /// @param operatorSpan where the operator itself stands
    /// @param matching     null where neither side may be matched (a scalar is involved)
    record Binary(
            BinaryOperator operator,
            Expr left,
            Expr right,
            boolean returnBool,
            @Nullable Matching matching,
            Span operatorSpan,
            Span span)
            implements Expr {
        @Override
        public ValueType type() {
            return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
                    ? ValueType.SCALAR
                    : ValueType.VECTOR;
        }
    }

    enum Cardinality {
        ONE_TO_ONE("one-to-one"),
        MANY_TO_ONE("many-to-one"),
        ONE_TO_MANY("one-to-many"),
        MANY_TO_MANY("many-to-many");

        private final String text;

        Cardinality(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// @param labels  those of `on` or `ignoring`
    /// @param on      whether `on` was written (else `ignoring`, or nothing)
    /// @param include those of `group_left` or `group_right`
    /// @param fillLeft  value for series missing on the left (`fill`, `fill_left`), or null
    /// @param fillRight value for series missing on the right (`fill`, `fill_right`), or null
    record Matching(
            Cardinality cardinality,
            List<String> labels,
            boolean on,
            List<String> include,
            @Nullable Double fillLeft,
            @Nullable Double fillRight) {}
}
