package io.meridian.compactor.plan;

import java.time.Duration;
import java.util.Arrays;

/// The lengths that blocks grow through: 1 h (never planned), 2 h, 8 h, 2 d, 14 d.
public final class BlockRanges {
    public static final int LEVEL_MAX = 4;

    private static final long[] ALL = {
        Duration.ofHours(1).toMillis(),
        Duration.ofHours(2).toMillis(),
        Duration.ofHours(8).toMillis(),
        Duration.ofHours(48).toMillis(),
        Duration.ofHours(336).toMillis()
    };

    private BlockRanges() {}

    /// The ranges up to a level, in milliseconds, ascending.
    public static long[] upTo(int level) {
        if (level < 0 || level > LEVEL_MAX) {
            throw new IllegalArgumentException(
                    "compaction level is out of range: max=" + LEVEL_MAX + ", given=" + level);
        }
        return Arrays.copyOf(ALL, level + 1);
    }
}
