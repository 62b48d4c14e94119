package io.meridian.compactor;

/// A new block failed its verification: a defect of this program or of its machine, not of the inputs.
public final class CommitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommitException(String message) {
        super(message);
    }
}
