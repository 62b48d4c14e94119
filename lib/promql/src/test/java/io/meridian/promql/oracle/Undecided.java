package io.meridian.promql.oracle;

/// The oracle does not know what is right here.
final class Undecided extends RuntimeException {
    private static final long serialVersionUID = 1;

    Undecided(String what) {
        super(what);
    }
}
