package io.meridian.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Randomness that can be repeated: one fixed seed by default, so that a change is judged by what it changes;
/// `-Dtests.seed=N` takes another, `-Dtests.seed=random` a new one at each run. The seed is printed.
public final class SeededRandom {
    private static final long DEFAULT_SEED = 20_261_121;

    private SeededRandom() {}

    /// A generator of its own for the named test.
    public static RandomGenerator create(String test) {
        long seed = seed();
        System.err.println(test + ": repeat with -Dtests.seed=" + seed);
        return new SplittableRandom(seed ^ test.hashCode());
    }

    private static long seed() {
        String wanted = System.getProperty("tests.seed", "");
        if (wanted.equals("random")) {
            return System.nanoTime();
        }
        return wanted.isEmpty() ? DEFAULT_SEED : Long.parseLong(wanted);
    }
}
