package io.meridian.compactor;

import java.io.IOException;

/// A piece of work needs more memory or scratch space than it may have.
final class BudgetException extends IOException {
    private static final long serialVersionUID = 1;

    BudgetException(String what, long needBytes, long limitBytes, String flag) {
        super("needs at least %d bytes of %s, and may have %d: raise %s".formatted(needBytes, what, limitBytes, flag));
    }
}
