package io.meridian.compactor.lease;

import java.io.IOException;

/// One leadership, as long as one piece of work needs it. A compactor that lost the leadership and has it again does
/// not know what the leader in between did: what it had begun must not go on.
public final class Term {
    private final Leadership lease;
    private final long epoch;

    private Term(Leadership lease, long epoch) {
        this.lease = lease;
        this.epoch = epoch;
    }

    /// The leadership that is held now.
    public static Term of(Leadership lease) {
        return new Term(lease, lease.epoch());
    }

    /// To be called just before each meta.json and each deletion.
    ///
    /// @throws LeaseLostException if another compactor leads, or led since this term began
    public void verify() throws IOException {
        lease.verify();
        if (lease.epoch() != epoch) {
            throw new LeaseLostException(
                    "epoch %d ended: this compactor leads again, with epoch %d".formatted(epoch, lease.epoch()));
        }
    }
}
