package io.meridian.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The layout of one side of a native histogram: runs of consecutive bucket indices. Immutable, shared by the
/// histograms of a chunk, so that equal layouts are often the same object.
///
/// The first offset is the index of the first bucket; each later one is the gap after the run before.
public final class Spans {
    public static final Spans NONE = new Spans(new int[0], new int[0]);

    private final int[] offsets;
    private final int[] lengths;
    private final int bucketCount;

    /// Made when first asked for; several threads may make the same.
    private int @Nullable [] indices;

    private Spans(int[] offsets, int[] lengths) {
        this.offsets = offsets;
        this.lengths = lengths;
        int sum = 0;
        for (int length : lengths) {
            sum = Math.addExact(sum, length);
        }
        bucketCount = sum;
    }

    /// @param pairs offset and length of each span in turn
    public static Spans of(int... pairs) {
        if (pairs.length % 2 != 0) {
            throw new IllegalArgumentException("spans need pairs of offset and length: count=" + pairs.length);
        }
        int count = pairs.length / 2;
        int[] offsets = new int[count];
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = pairs[2 * i];
            lengths[i] = pairs[2 * i + 1];
        }
        return of(offsets, lengths);
    }

    /// Copies both arrays.
    ///
    /// @throws IllegalArgumentException if a length is negative
    public static Spans of(int[] offsets, int[] lengths) {
        if (offsets.length != lengths.length) {
            throw new IllegalArgumentException("offsets=" + offsets.length + ", lengths=" + lengths.length);
        }
        for (int length : lengths) {
            if (length < 0) {
                throw new IllegalArgumentException("negative span length: " + length);
            }
        }
        return offsets.length == 0 ? NONE : new Spans(offsets.clone(), lengths.clone());
    }

    /// The layout that has a bucket at each of the first `count` indices, which must ascend.
    public static Spans ofIndices(int[] indices, int count) {
        int runs = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || indices[i] != indices[i - 1] + 1) {
                runs++;
            }
        }
        if (runs == 0) {
            return NONE;
        }
        int[] offsets = new int[runs];
        int[] lengths = new int[runs];
        int run = -1;
        for (int i = 0; i < count; i++) {
            if (i == 0 || indices[i] != indices[i - 1] + 1) {
                run++;
                offsets[run] = i == 0 ? indices[0] : indices[i] - indices[i - 1] - 1;
            }
            lengths[run]++;
        }
        return new Spans(offsets, lengths);
    }

    /// Number of spans.
    public int count() {
        return offsets.length;
    }

    public int offset(int span) {
        return offsets[span];
    }

    public int length(int span) {
        return lengths[span];
    }

    /// Number of buckets in all spans.
    public int bucketCount() {
        return bucketCount;
    }

    /// The index of each bucket, in order; read only.
    public int[] indices() {
        int[] known = indices;
        if (known == null) {
            known = computeIndices();
            indices = known;
        }
        return known;
    }

    private int[] computeIndices() {
        int[] result = new int[bucketCount];
        int at = 0;
        int index = 0;
        for (int span = 0; span < offsets.length; span++) {
            index += offsets[span];
            for (int i = 0; i < lengths[span]; i++) {
                result[at++] = index++;
            }
        }
        return result;
    }

    /// Same spans, one by one. Layouts with the same buckets may still differ by empty spans.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Spans that
                        && Arrays.equals(offsets, that.offsets)
                        && Arrays.equals(lengths, that.lengths);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(offsets) + Arrays.hashCode(lengths);
    }

    /// For example `0:2 3:1`.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < offsets.length; i++) {
            text.append(i == 0 ? "" : " ").append(offsets[i]).append(':').append(lengths[i]);
        }
        return text.toString();
    }
}
