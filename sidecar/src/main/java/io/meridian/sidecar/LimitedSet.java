package io.meridian.sidecar;

import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import org.jspecify.annotations.Nullable;

/// The first series of a set.
final class LimitedSet implements SeriesSet {
    private final SeriesSet set;
    private long left;

    LimitedSet(SeriesSet set, long limit) {
        this.set = set;
        this.left = limit;
    }

    @Override
    public @Nullable Series next() {
        return left-- > 0 ? set.next() : null;
    }

    @Override
    public @Nullable Series nextTransient() {
        return left-- > 0 ? set.nextTransient() : null;
    }

    @Override
    public void close() {
        set.close();
    }
}
