package io.meridian.cli.demo;

/// Randomness without state: the same keys give the same number, so any sample can be computed at any time.
final class Noise {
    private Noise() {}

    /// Mixes keys into 64 well-spread bits (the finalizer of SplitMix64, applied per key).
    static long bits(long... keys) {
        long mixed = 0x9E3779B97F4A7C15L;
        for (long key : keys) {
            mixed ^= key;
            mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
            mixed ^= mixed >>> 31;
        }
        return mixed;
    }

    /// A number in [0, 1).
    static double unit(long... keys) {
        return (bits(keys) >>> 11) * 0x1p-53;
    }
}
