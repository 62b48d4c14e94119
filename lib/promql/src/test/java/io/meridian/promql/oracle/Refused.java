package io.meridian.promql.oracle;

/// The query must fail.
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String why) {
        super(why);
    }
}
