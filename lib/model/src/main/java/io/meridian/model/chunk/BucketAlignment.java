package io.meridian.model.chunk;

import io.meridian.model.Spans;
import java.util.Arrays;

/// The buckets of a chunk's layout and those of a histogram that wants to join it, side by side.
final class BucketAlignment {
    private final Spans sample;
    private final int[] union;
    private final int[] chunkPlaces;
    private final int[] samplePlaces;

    private BucketAlignment(Spans sample, int[] union, int[] chunkPlaces, int[] samplePlaces) {
        this.sample = sample;
        this.union = union;
        this.chunkPlaces = chunkPlaces;
        this.samplePlaces = samplePlaces;
    }

    static BucketAlignment of(Spans chunk, Spans sample) {
        int[] a = chunk.indices();
        if (chunk.equals(sample)) {
            int[] places = new int[a.length];
            Arrays.setAll(places, i -> i);
            return new BucketAlignment(sample, a, places, places);
        }
        int[] b = sample.indices();
        int[] union = new int[a.length + b.length];
        int[] chunkPlaces = new int[a.length];
        int[] samplePlaces = new int[b.length];
        int count = 0;
        for (int i = 0, j = 0; i < a.length || j < b.length; count++) {
            boolean fromChunk = i < a.length && (j == b.length || a[i] <= b[j]);
            boolean fromSample = j < b.length && (i == a.length || b[j] <= a[i]);
            union[count] = fromChunk ? a[i] : b[j];
            if (fromChunk) {
                chunkPlaces[i++] = count;
            }
            if (fromSample) {
                samplePlaces[j++] = count;
            }
        }
        return new BucketAlignment(sample, Arrays.copyOf(union, count), chunkPlaces, samplePlaces);
    }

    /// Whether the histogram has buckets that the chunk lacks.
    boolean growsChunk() {
        return union.length > chunkPlaces.length;
    }

    /// Whether the chunk has buckets that the histogram lacks.
    boolean growsSample() {
        return union.length > samplePlaces.length;
    }

    /// The histogram's own spans.
    Spans sampleSpans() {
        return sample;
    }

    /// The spans of all buckets.
    Spans unionSpans() {
        return Spans.ofIndices(union, union.length);
    }

    /// Takes buckets of the chunk's layout to the union.
    BucketSpread chunkSpread() {
        return new BucketSpread(chunkPlaces, union.length);
    }

    /// Takes buckets of the histogram to the union.
    BucketSpread sampleSpread() {
        return new BucketSpread(samplePlaces, union.length);
    }

    /// Whether a bucket has fewer counts in the histogram than in the chunk's last one, or lacks a populated one.
    boolean fell(long[] chunkDeltas, long[] sampleDeltas) {
        long before = 0;
        long now = 0;
        for (int i = 0, j = 0; i < chunkPlaces.length; i++) {
            before += chunkDeltas[i];
            while (j < samplePlaces.length && samplePlaces[j] < chunkPlaces[i]) {
                now += sampleDeltas[j++];
            }
            if (j == samplePlaces.length || samplePlaces[j] > chunkPlaces[i]) {
                if (before != 0) {
                    return true;
                }
            } else if (before > now + sampleDeltas[j]) {
                return true;
            }
        }
        return false;
    }

    /// As [#fell(long[], long[])] for absolute counts.
    boolean fell(double[] chunkCounts, double[] sampleCounts) {
        for (int i = 0, j = 0; i < chunkPlaces.length; i++) {
            while (j < samplePlaces.length && samplePlaces[j] < chunkPlaces[i]) {
                j++;
            }
            if (j == samplePlaces.length || samplePlaces[j] > chunkPlaces[i]) {
                if (chunkCounts[i] != 0) {
                    return true;
                }
            } else if (chunkCounts[i] > sampleCounts[j]) {
                return true;
            }
        }
        return false;
    }
}
