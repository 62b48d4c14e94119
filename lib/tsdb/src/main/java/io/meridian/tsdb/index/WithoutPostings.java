package io.meridian.tsdb.index;

/// References of the first that the second does not have.
final class WithoutPostings implements Postings {
    private final PostingsBuffer kept;
    private final PostingsBuffer removed;

    WithoutPostings(Postings kept, Postings removed) {
        this.kept = new PostingsBuffer(kept);
        this.removed = new PostingsBuffer(removed);
    }

    @Override
    public int fill(long[] target) {
        int n = 0;
        while (n < target.length && kept.load()) {
            long next = kept.refs[kept.position];
            removed.seek(next);
            if (removed.load()) {
                n = subtract(target, n);
            } else {
                n = copy(target, n);
            }
        }
        return n;
    }

    private int subtract(long[] target, int filled) {
        long[] a = kept.refs;
        long[] b = removed.refs;
        int i = kept.position;
        int j = removed.position;
        int n = filled;
        while (i < kept.size && j < removed.size && n < target.length) {
            long x = a[i];
            long y = b[j];
            if (x < y) {
                target[n++] = x;
            }
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }
        kept.position = i;
        removed.position = j;
        return n;
    }

    private int copy(long[] target, int filled) {
        int n = Math.min(target.length - filled, kept.size - kept.position);
        System.arraycopy(kept.refs, kept.position, target, filled, n);
        kept.position += n;
        return filled + n;
    }

    @Override
    public void seek(long atLeast) {
        kept.seek(atLeast);
    }

    @Override
    public long sizeMax() {
        return kept.sizeMax();
    }
}
