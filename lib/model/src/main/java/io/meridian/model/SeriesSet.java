package io.meridian.model;

import org.jspecify.annotations.Nullable;

/// Series in ascending order of their labels, each label set once. Used by one thread; must be closed.
public interface SeriesSet extends AutoCloseable {
    /// The next series, or null at the end.
    ///
    /// @throws QueryException if the source failed and the policy is not to go on without it
    @Nullable
    Series next();

    /// The next series, which may be used only until the next call here: sources that can do so leave it where it was
    /// received. For readers that pass everything on at once.
    default @Nullable Series nextTransient() {
        return next();
    }

    /// Stops the work behind the set and frees what it holds. Does not throw.
    @Override
    void close();

    static SeriesSet of(Iterable<? extends Series> sorted) {
        var iterator = sorted.iterator();
        return new SeriesSet() {
            @Override
            public @Nullable Series next() {
                return iterator.hasNext() ? iterator.next() : null;
            }

            @Override
            public void close() {}
        };
    }
}
