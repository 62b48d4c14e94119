package io.meridian.tsdb.index;

/// References of both.
final class IntersectPostings implements Postings {
    private final PostingsBuffer left;
    private final PostingsBuffer right;

    IntersectPostings(Postings left, Postings right) {
        this.left = new PostingsBuffer(left);
        this.right = new PostingsBuffer(right);
    }

    @Override
    public int fill(long[] target) {
        int n = 0;
        while (n < target.length && left.load() && right.load()) {
            long a = left.refs[left.position];
            long b = right.refs[right.position];
            if (left.refs[left.size - 1] < b) {
                left.seek(b);
            } else if (right.refs[right.size - 1] < a) {
                right.seek(a);
            } else {
                n = intersect(target, n);
            }
        }
        return n;
    }

    /// Walks the two batches against each other until one is used up or the target is full.
    private int intersect(long[] target, int filled) {
        long[] a = left.refs;
        long[] b = right.refs;
        int i = left.position;
        int j = right.position;
        int n = filled;
        while (i < left.size && j < right.size && n < target.length) {
            long x = a[i];
            long y = b[j];
            if (x == y) {
                target[n++] = x;
            }
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }
        left.position = i;
        right.position = j;
        return n;
    }

    @Override
    public void seek(long atLeast) {
        left.seek(atLeast);
        right.seek(atLeast);
    }

    @Override
    public long sizeMax() {
        return Math.min(left.sizeMax(), right.sizeMax());
    }
}
