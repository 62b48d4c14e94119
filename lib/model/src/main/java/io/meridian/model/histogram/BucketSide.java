package io.meridian.model.histogram;

import io.meridian.model.CompensatedSum;
import io.meridian.model.Spans;
import io.meridian.model.StaleMarker;
import java.util.Arrays;

/// The buckets of one side of a histogram that is being computed: ascending indices, values, and what compensated
/// additions have lost so far.
final class BucketSide {
    int[] indices = new int[16];
    double[] values = new double[16];
    double[] carries = new double[16];
    int size;

    void load(Spans spans, double[] buckets) {
        size = buckets.length;
        ensure(size);
        System.arraycopy(spans.indices(), 0, indices, 0, size);
        System.arraycopy(buckets, 0, values, 0, size);
        Arrays.fill(carries, 0, size, 0);
    }

    /// The buckets of a row that are not missing.
    void load(Spans spans, double[] rows, double[] losses, int from) {
        int[] all = spans.indices();
        ensure(all.length);
        size = 0;
        for (int i = 0; i < all.length; i++) {
            if (!StaleMarker.is(rows[from + i])) {
                indices[size] = all[i];
                values[size] = rows[from + i];
                carries[size++] = losses[from + i];
            }
        }
    }

    void copyFrom(BucketSide other) {
        size = 0;
        ensure(other.size);
        size = other.size;
        System.arraycopy(other.indices, 0, indices, 0, size);
        System.arraycopy(other.values, 0, values, 0, size);
        System.arraycopy(other.carries, 0, carries, 0, size);
    }

    private void ensure(int capacity) {
        if (capacity > indices.length) {
            int larger = Math.max(capacity, 2 * indices.length);
            indices = Arrays.copyOf(indices, larger);
            values = Arrays.copyOf(values, larger);
            carries = Arrays.copyOf(carries, larger);
        }
    }

    /// Halves the resolution `shift` times; buckets that meet are added.
    void reduce(int shift, boolean compensated) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            int index = ((indices[i] - 1) >> shift) + 1;
            double value = values[i];
            double carry = carries[i];
            if (n > 0 && indices[n - 1] == index) {
                add(n - 1, value, compensated);
                if (compensated) {
                    add(n - 1, carry, true);
                }
            } else {
                indices[n] = index;
                values[n] = value;
                carries[n++] = carry;
            }
        }
        size = n;
    }

    void add(int at, double value, boolean compensated) {
        if (compensated) {
            carries[at] = CompensatedSum.carry(value, values[at], carries[at]);
        }
        values[at] += value;
    }

    /// Adds the other side's buckets from index `skip` on; missing ones are inserted.
    void addAll(BucketSide other, int skip, boolean negative, boolean compensated) {
        int added = other.size - skip;
        if (added <= 0) {
            return;
        }
        if (sameIndices(other, skip)) {
            for (int i = 0; i < size; i++) {
                addOne(i, other, skip + i, negative, compensated);
            }
            return;
        }
        // Merged from the back, so that everything moves at most once.
        ensure(size + added);
        int missing = missing(other, skip);
        int target = size + missing - 1;
        int i = size - 1;
        int j = other.size - 1;
        size += missing;
        while (j >= skip) {
            if (i >= 0 && indices[i] >= other.indices[j]) {
                boolean same = indices[i] == other.indices[j];
                move(i--, target);
                if (same) {
                    addOne(target, other, j--, negative, compensated);
                }
            } else {
                indices[target] = other.indices[j];
                values[target] = negative ? -other.values[j] : other.values[j];
                carries[target] = negative ? -other.carries[j] : other.carries[j];
                j--;
            }
            target--;
        }
    }

    private boolean sameIndices(BucketSide other, int skip) {
        return size == other.size - skip && Arrays.equals(indices, 0, size, other.indices, skip, other.size);
    }

    private int missing(BucketSide other, int skip) {
        int missing = 0;
        int i = 0;
        for (int j = skip; j < other.size; j++) {
            while (i < size && indices[i] < other.indices[j]) {
                i++;
            }
            if (i == size || indices[i] != other.indices[j]) {
                missing++;
            }
        }
        return missing;
    }

    private void move(int from, int to) {
        indices[to] = indices[from];
        values[to] = values[from];
        carries[to] = carries[from];
    }

    private void addOne(int at, BucketSide other, int from, boolean negative, boolean compensated) {
        add(at, negative ? -other.values[from] : other.values[from], compensated);
        if (compensated && other.carries[from] != 0) {
            add(at, negative ? -other.carries[from] : other.carries[from], true);
        }
    }

    /// Drops empty buckets.
    void compact() {
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (values[i] != 0 || carries[i] != 0) {
                move(i, n++);
            }
        }
        size = n;
    }

    void multiply(double factor) {
        for (int i = 0; i < size; i++) {
            values[i] *= factor;
            carries[i] *= factor;
        }
    }

    void divide(double divisor) {
        for (int i = 0; i < size; i++) {
            values[i] /= divisor;
            carries[i] /= divisor;
        }
    }

    /// Adds what was lost to the buckets from `first` on; nothing is afterwards.
    void settle(int first) {
        for (int i = first; i < size; i++) {
            values[i] += carries[i];
        }
        forgetCarries();
    }

    void forgetCarries() {
        Arrays.fill(carries, 0, size, 0);
    }

    /// Empties the buckets that begin below the threshold.
    void clearBelow(int schema, double threshold) {
        for (int i = 0; i < size && HistogramBounds.exponentialUpper(schema, indices[i] - 1) < threshold; i++) {
            values[i] = 0;
            carries[i] = 0;
        }
    }

    /// How many leading buckets lie within the threshold.
    int countWithin(int schema, double threshold) {
        int count = 0;
        while (threshold > 0 && count < size && HistogramBounds.exponentialUpper(schema, indices[count]) <= threshold) {
            count++;
        }
        return count;
    }

    boolean hasInfinite() {
        for (int i = 0; i < size; i++) {
            if (Double.isInfinite(values[i])) {
                return true;
            }
        }
        return false;
    }

    Spans spans() {
        return Spans.ofIndices(indices, size);
    }

    double[] buckets() {
        return Arrays.copyOf(values, size);
    }
}
