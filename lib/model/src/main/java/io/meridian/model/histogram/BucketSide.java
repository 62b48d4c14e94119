package io.meridian.model.histogram;

import io.meridian.model.Spans;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The buckets of one side of a histogram that is being worked on: ascending indices with their counts and, for
/// compensated sums, what each lost.
final class BucketSide {
    private int[] indices;
    private double[] counts;
    private double @Nullable [] carries;
    private int size;

    /// The layout, as long as it is the one the histogram came with.
    private @Nullable Spans spans;

    BucketSide(Spans spans, double[] counts, boolean compensated) {
        this.spans = spans;
        indices = spans.indices();
        this.counts = counts.clone();
        carries = compensated ? new double[counts.length] : null;
        size = counts.length;
    }

    int size() {
        return size;
    }

    int index(int at) {
        return indices[at];
    }

    double count(int at) {
        return counts[at];
    }

    /// What the bucket lost so far; 0 where sums are not compensated.
    double carry(int at) {
        return carries == null ? 0 : carries[at];
    }

    boolean hasInfinity() {
        for (int i = 0; i < size; i++) {
            if (Double.isInfinite(counts[i])) {
                return true;
            }
        }
        return false;
    }

    Spans spans() {
        Spans known = spans;
        if (known == null) {
            known = Spans.ofIndices(indices, size);
            spans = known;
        }
        return known;
    }

    double[] toCounts() {
        return Arrays.copyOf(counts, size);
    }

    /// Counts with what they lost put back; of leading buckets whose upper bound is within `threshold` it stays lost,
    /// as Prometheus adds it like any other histogram.
    double[] toCompensated(int schema, double threshold) {
        double[] result = toCounts();
        if (carries != null) {
            for (int i = firstAbove(indices, size, schema, threshold); i < size; i++) {
                result[i] += carries[i];
            }
        }
        return result;
    }

    /// Of leading buckets, those up to the threshold count into the zero bucket already.
    private static int firstAbove(int[] indices, int size, int schema, double threshold) {
        int first = 0;
        while (threshold > 0 && first < size && HistogramBounds.exponentialUpper(schema, indices[first]) <= threshold) {
            first++;
        }
        return first;
    }

    /// Takes the buckets to a coarser schema.
    void reduce(int fromSchema, int toSchema) {
        int[] targets = new int[size];
        int count = 0;
        for (int i = 0; i < size; i++) {
            int target = HistogramResolution.targetIndex(indices[i], fromSchema, toSchema);
            if (count > 0 && targets[count - 1] == target) {
                increase(count - 1, counts[i]);
                if (carries != null) {
                    increase(count - 1, carries[i]);
                }
            } else {
                targets[count] = target;
                counts[count] = counts[i];
                if (carries != null) {
                    carries[count] = carries[i];
                }
                count++;
            }
        }
        indices = targets;
        size = count;
        spans = null;
    }

    private void increase(int at, double value) {
        if (carries != null) {
            carries[at] = CompensatedSum.carry(value, counts[at], carries[at]);
        }
        counts[at] += value;
    }

    /// Adds the other's buckets, negated if asked for, except the leading ones within the threshold.
    ///
    /// @param threshold the zero threshold, 0 for custom bounds
    void add(BucketSide other, boolean negate, int schema, double threshold) {
        int first = firstAbove(other.indices, other.size, schema, threshold);
        if (spans != null && spans.equals(other.spans)) {
            for (int i = first; i < size; i++) {
                addTo(i, other, i, negate);
            }
            return;
        }
        int[] places = makeRoom(other, first);
        for (int i = first; i < other.size; i++) {
            int place = places[i];
            if (place >= 0) {
                addTo(place, other, i, negate);
            } else {
                counts[~place] = negate ? -other.counts[i] : other.counts[i];
                if (carries != null) {
                    carries[~place] = negate ? -other.carry(i) : other.carry(i);
                }
            }
        }
    }

    private void addTo(int at, BucketSide other, int from, boolean negate) {
        double value = other.counts[from];
        increase(at, negate ? -value : value);
        double carry = other.carry(from);
        if (carry != 0) {
            increase(at, negate ? -carry : carry);
        }
    }

    /// Widens this side by the other's buckets from `first` on. Gives the place of each, as its complement where the
    /// bucket is new.
    private int[] makeRoom(BucketSide other, int first) {
        int[] places = new int[other.size];
        int[] union = new int[size + other.size];
        int[] moved = new int[size];
        int count = 0;
        boolean grown = false;
        for (int i = 0, j = first; i < size || j < other.size; count++) {
            boolean mine = i < size && (j == other.size || indices[i] <= other.indices[j]);
            boolean others = j < other.size && (i == size || other.indices[j] <= indices[i]);
            union[count] = mine ? indices[i] : other.indices[j];
            if (others) {
                places[j++] = mine ? count : ~count;
                grown |= !mine;
            }
            if (mine) {
                moved[i++] = count;
            }
        }
        if (grown) {
            counts = spread(counts, moved, count);
            if (carries != null) {
                carries = spread(carries, moved, count);
            }
            indices = union;
            size = count;
            spans = null;
        }
        return places;
    }

    private static double[] spread(double[] values, int[] places, int count) {
        double[] result = new double[count];
        for (int i = 0; i < places.length; i++) {
            result[places[i]] = values[i];
        }
        return result;
    }

    /// Empties the buckets that begin below the threshold, as they count into the zero bucket now.
    void clearBelow(int schema, double threshold) {
        for (int i = 0; i < size && HistogramBounds.exponentialUpper(schema, indices[i] - 1) < threshold; i++) {
            counts[i] = 0;
            if (carries != null) {
                carries[i] = 0;
            }
        }
        dropEmpty();
    }

    /// Takes out buckets without count and without loss.
    void dropEmpty() {
        int kept = 0;
        int[] keptIndices = new int[size];
        for (int i = 0; i < size; i++) {
            if (counts[i] != 0 || carry(i) != 0) {
                keptIndices[kept] = indices[i];
                counts[kept] = counts[i];
                if (carries != null) {
                    carries[kept] = carries[i];
                }
                kept++;
            }
        }
        if (kept < size) {
            indices = keptIndices;
            size = kept;
            spans = null;
        }
    }

    void multiply(double factor) {
        for (int i = 0; i < size; i++) {
            counts[i] *= factor;
            if (carries != null) {
                carries[i] *= factor;
            }
        }
    }

    void divide(double divisor) {
        for (int i = 0; i < size; i++) {
            counts[i] /= divisor;
            if (carries != null) {
                carries[i] /= divisor;
            }
        }
    }

    /// Rolls both sides up to common bounds: all of this one, then all of the other. Only buckets with a count or a
    /// loss remain.
    void addToCommonBounds(double[] bounds, BucketSide other, double[] otherBounds, double[] common, boolean negate) {
        double[] sums = new double[common.length + 1];
        double[] lost = new double[common.length + 1];
        roll(this, bounds, common, false, sums, lost);
        roll(other, otherBounds, common, negate, sums, lost);
        boolean compensated = carries != null;
        int[] kept = new int[sums.length];
        int count = 0;
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] != 0 || lost[i] != 0) {
                kept[count] = i;
                sums[count] = sums[i];
                lost[count] = lost[i];
                count++;
            }
        }
        indices = kept;
        counts = sums;
        carries = compensated ? lost : null;
        size = count;
        spans = null;
    }

    private static void roll(
            BucketSide source, double[] bounds, double[] common, boolean negate, double[] sums, double[] lost) {
        int target = 0;
        for (int i = 0; i < source.size; i++) {
            int index = source.indices[i];
            int place = common.length;
            if (index < bounds.length) {
                while (target < common.length && common[target] < bounds[index]) {
                    target++;
                }
                place = target;
            }
            double value = negate ? -source.counts[i] : source.counts[i];
            lost[place] = CompensatedSum.carry(value, sums[place], lost[place]);
            sums[place] += value;
            double carry = negate ? 0 : source.carry(i);
            if (carry != 0) {
                lost[place] = CompensatedSum.carry(carry, sums[place], lost[place]);
                sums[place] += carry;
            }
        }
    }
}
