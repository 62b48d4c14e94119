package io.meridian.compactor.lease;

import java.io.IOException;

/// Who compacts a bucket: of all that want to, one at a time. Thread-safe; calls block on whatever keeps the lease.
public interface Leadership {
    /// Does what is due: renews where this compactor leads, otherwise looks at the leader's lease and takes over where
    /// it is free. To be called about five times in a lease's duration.
    ///
    /// @return whether this compactor leads now
    boolean poll() throws IOException;

    /// Whether this compactor leads; work that lasts asks its [Term].
    ///
    /// @throws LeaseLostException if another compactor leads
    void verify() throws IOException;

    /// Gives the leadership back, so that a waiter takes over at its next poll.
    void release() throws IOException;

    boolean isLeading();

    /// The fencing token: the number of this leadership; 0 before the first.
    long epoch();

    /// Who leads, as far as a waiter has seen; `""` if nothing is known.
    String observedHolder();
}
