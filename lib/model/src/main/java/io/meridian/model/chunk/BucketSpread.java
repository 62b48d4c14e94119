package io.meridian.model.chunk;

/// Puts buckets into a wider layout, with zeros in the places that are new.
///
/// @param places for each bucket its place in the wider layout
/// @param count  buckets of the wider layout
@SuppressWarnings("ArrayRecordComponent")
record BucketSpread(int[] places, int count) {
    double[] absolute(double[] counts) {
        double[] result = new double[count];
        for (int i = 0; i < places.length; i++) {
            result[places[i]] = counts[i];
        }
        return result;
    }

    /// For buckets that are differences between neighbours.
    long[] differences(long[] deltas) {
        long[] result = new long[count];
        long current = 0;
        for (int i = 0; i < places.length; i++) {
            current += deltas[i];
            result[places[i]] = current;
        }
        for (int i = count - 1; i > 0; i--) {
            result[i] -= result[i - 1];
        }
        return result;
    }
}
