package io.meridian.tsdb.index;

import io.meridian.model.Labels;
import java.util.Arrays;

/// What the index says of one series: its labels and the places of its chunks, in the order stored. Immutable.
///
/// A chunk reference has the segment's position in the block's list of segments in its upper 32 bits and the offset in
/// the segment in the lower. Neither references nor times need to rise.
public final class SeriesEntry {
    /// A chunk whose length nothing is known about.
    public static final int LENGTH_UNKNOWN = Integer.MAX_VALUE;

    private final long ref;
    private final Labels labels;
    private final int chunkCount;
    final long[] minMs;
    final long[] maxMs;
    final long[] chunkRefs;
    final int[] lengthsMax;

    SeriesEntry(long ref, Labels labels, int chunkCount, long[] minMs, long[] maxMs, long[] chunkRefs, int[] lengths) {
        this.ref = ref;
        this.labels = labels;
        this.chunkCount = chunkCount;
        this.minMs = minMs;
        this.maxMs = maxMs;
        this.chunkRefs = chunkRefs;
        this.lengthsMax = lengths;
    }

    /// The reference in postings and tombstones.
    public long ref() {
        return ref;
    }

    public Labels labels() {
        return labels;
    }

    public int chunkCount() {
        return chunkCount;
    }

    /// Time of the first sample of a chunk, in milliseconds.
    public long chunkMinMs(int index) {
        return minMs[index];
    }

    /// Time of the last sample of a chunk, in milliseconds, inclusive.
    public long chunkMaxMs(int index) {
        return maxMs[index];
    }

    public long chunkRef(int index) {
        return chunkRefs[index];
    }

    /// Not less than the bytes that the chunk takes in its segment, or [#LENGTH_UNKNOWN].
    public int chunkLengthMax(int index) {
        return lengthsMax[index];
    }

    /// The same series with one of its chunks only.
    public SeriesEntry withChunk(int index) {
        return new SeriesEntry(
                ref,
                labels,
                1,
                new long[] {minMs[index]},
                new long[] {maxMs[index]},
                new long[] {chunkRefs[index]},
                new int[] {lengthsMax[index]});
    }

    /// Whether each chunk begins after the one before has ended.
    public boolean isAscending() {
        for (int i = 0; i < chunkCount; i++) {
            if (minMs[i] > maxMs[i] || i > 0 && minMs[i] <= maxMs[i - 1]) {
                return false;
            }
        }
        return true;
    }

    /// Of ascending chunks, the first that ends at the time or later.
    public int firstChunkEndingAtOrAfter(long timeMs) {
        int i = 0;
        while (i < chunkCount && maxMs[i] < timeMs) {
            i++;
        }
        return i;
    }

    /// Of ascending chunks from an index on, the first that begins after the time.
    public int firstChunkAfter(int from, long timeMs) {
        int i = from;
        while (i < chunkCount && minMs[i] <= timeMs) {
            i++;
        }
        return i;
    }

    public SeriesEntry withLabels(Labels newLabels) {
        return new SeriesEntry(ref, newLabels, chunkCount, minMs, maxMs, chunkRefs, lengthsMax);
    }

    /// Bytes in the heap, the strings of labels not counted, as they are mostly shared.
    public long retainedBytes() {
        return 96 + 8L * labels.size() + 28L * chunkCount;
    }

    @Override
    public String toString() {
        return ref + " " + labels + " " + Arrays.toString(Arrays.copyOf(chunkRefs, chunkCount));
    }
}
