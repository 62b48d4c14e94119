package io.meridian.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Randomness that can be repeated: the seed is printed, and `-Dtests.seed=N` gives it back.
public final class SeededRandom {
    private SeededRandom() {}

    /// A generator of its own for the named test.
    public static RandomGenerator create(String test) {
        long seed = Long.getLong("tests.seed", System.nanoTime());
        System.err.println(test + ": repeat with -Dtests.seed=" + seed);
        return new SplittableRandom(seed ^ test.hashCode());
    }
}
