package io.meridian.tsdb.index;

/// A cursor's next batch, for those that walk two cursors against each other.
final class PostingsBuffer {
    private static final int CAPACITY = 256;

    private final Postings source;
    final long[] refs = new long[CAPACITY];
    int position;
    int size;

    PostingsBuffer(Postings source) {
        this.source = source;
    }

    /// Makes sure there is a next reference; false at the end.
    boolean load() {
        if (position < size) {
            return true;
        }
        position = 0;
        size = source.fill(refs);
        return size > 0;
    }

    void seek(long atLeast) {
        if (size > 0 && refs[size - 1] >= atLeast) {
            while (position < size && refs[position] < atLeast) {
                position++;
            }
        } else {
            position = 0;
            size = 0;
            source.seek(atLeast);
        }
    }

    long sizeMax() {
        return size - position + source.sizeMax();
    }
}
