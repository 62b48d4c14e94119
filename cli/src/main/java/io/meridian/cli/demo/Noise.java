package io.meridian.cli.demo;

/// Randomness without state: the same keys give the same number, so any sample can be computed at any time.
final class Noise {
    private Noise() {}

    /// Mixes keys into 64 well-spread bits (the finalizer of SplitMix64, applied per key).
    static long bits(long... keys) {
        long mixed = 0x9E3779B97F4A7C15L;
        for (long key : keys) {
            mixed = mix(mixed, key);
        }
        return mixed;
    }

    /// The same as `bits(first, second)`, without an array: this is asked once per sample.
    private static long bits(long first, long second) {
        return mix(mix(0x9E3779B97F4A7C15L, first), second);
    }

    /// The same as `unit(first, second)`.
    static double unit(long first, long second) {
        return (bits(first, second) >>> 11) * 0x1p-53;
    }

    private static long mix(long state, long key) {
        long mixed = state ^ key;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /// A number in [0, 1).
    static double unit(long... keys) {
        return (bits(keys) >>> 11) * 0x1p-53;
    }
}
