package io.meridian.tsdb.index;

import java.util.Arrays;

/// References in an array.
final class ArrayPostings implements Postings {
    private final long[] refs;
    private final int size;
    private int position;

    ArrayPostings(long[] refs, int size) {
        this.refs = refs;
        this.size = size;
    }

    @Override
    public int fill(long[] target) {
        int n = Math.min(target.length, size - position);
        System.arraycopy(refs, position, target, 0, n);
        position += n;
        return n;
    }

    @Override
    public void seek(long atLeast) {
        int found = Arrays.binarySearch(refs, position, size, atLeast);
        position = found >= 0 ? found : -found - 1;
    }

    @Override
    public long sizeMax() {
        return size - position;
    }
}
