package io.meridian.tsdb.index;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// References that any of many lists has. The lists are copied together and sorted on first use: sorting knows how to
/// merge rising runs, and a matcher may select hundreds of thousands of short lists.
final class MergePostings implements Postings {
    private final List<Postings> sources;
    private final long sizeMax;
    private @Nullable ArrayPostings merged;

    MergePostings(List<Postings> sources) {
        this.sources = sources;
        this.sizeMax = sources.stream().mapToLong(Postings::sizeMax).sum();
    }

    private ArrayPostings merged() {
        if (merged == null) {
            merged = merge();
        }
        return merged;
    }

    private ArrayPostings merge() {
        var refs = new long[1024];
        var batch = new long[512];
        int size = 0;
        for (Postings source : sources) {
            for (int n = source.fill(batch); n > 0; n = source.fill(batch)) {
                if (refs.length - size < n) {
                    refs = Arrays.copyOf(refs, Math.max(size + n, refs.length + (refs.length >> 1)));
                }
                System.arraycopy(batch, 0, refs, size, n);
                size += n;
            }
        }
        Arrays.sort(refs, 0, size);
        return new ArrayPostings(refs, dropRepeated(refs, size));
    }

    private static int dropRepeated(long[] refs, int size) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (kept == 0 || refs[kept - 1] != refs[i]) {
                refs[kept++] = refs[i];
            }
        }
        return kept;
    }

    @Override
    public int fill(long[] target) {
        return merged().fill(target);
    }

    @Override
    public void seek(long atLeast) {
        merged().seek(atLeast);
    }

    @Override
    public long sizeMax() {
        return merged == null ? sizeMax : merged.sizeMax();
    }
}
