package io.meridian.tsdb.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Ascending series references, each once, in batches. Not thread-safe. Exhausted when a fill returns 0.
///
/// A cursor built from others takes them over.
public interface Postings {
    /// Writes the next references, ascending, to the front of `target`, and as many as fit or are left; 0 at the end.
    int fill(long[] target);

    /// The next fill starts at the first reference not below `atLeast`; never goes back.
    void seek(long atLeast);

    /// An upper bound of how many references are left.
    long sizeMax();

    static Postings empty() {
        return new ArrayPostings(new long[0], 0);
    }

    /// @param refs strictly ascending; kept, not copied
    static Postings of(long... refs) {
        return new ArrayPostings(refs, refs.length);
    }

    /// References that all have. The smallest leads.
    static Postings intersect(List<Postings> all) {
        if (all.isEmpty()) {
            return empty();
        }
        var bySize = new ArrayList<>(all);
        bySize.sort(Comparator.comparingLong(Postings::sizeMax));
        Postings result = bySize.get(0);
        for (int i = 1; i < bySize.size(); i++) {
            if (result.sizeMax() == 0) {
                return empty();
            }
            result = new IntersectPostings(result, bySize.get(i));
        }
        return result;
    }

    /// References that any has.
    static Postings merge(List<Postings> all) {
        var present = all.stream().filter(postings -> postings.sizeMax() > 0).toList();
        return switch (present.size()) {
            case 0 -> empty();
            case 1 -> present.get(0);
            default -> new MergePostings(present);
        };
    }

    /// References of `kept` that `removed` does not have.
    static Postings without(Postings kept, Postings removed) {
        return kept.sizeMax() == 0 || removed.sizeMax() == 0 ? kept : new WithoutPostings(kept, removed);
    }

    /// Reads the rest into one array.
    static long[] toArray(Postings postings) {
        var all = new long[(int) Math.min(postings.sizeMax(), 1 << 16)];
        var batch = new long[512];
        int size = 0;
        for (int n = postings.fill(batch); n > 0; n = postings.fill(batch)) {
            if (all.length - size < n) {
                all = Arrays.copyOf(all, Math.max(size + n, all.length + (all.length >> 1)));
            }
            System.arraycopy(batch, 0, all, size, n);
            size += n;
        }
        return size == all.length ? all : Arrays.copyOf(all, size);
    }
}
