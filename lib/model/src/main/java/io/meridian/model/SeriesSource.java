package io.meridian.model;

import java.util.List;

/// The one way to read series. A block, a bucket of blocks, a Prometheus behind remote read, a Store API endpoint, a
/// fan-out over many of those: all have this shape, so they nest. Safe for use by many threads.
///
/// A source that fails in part adds a [Notice] to the context and goes on, or throws a [QueryException] where
/// the context's policy says so. It never leaves data out in silence.
public interface SeriesSource {
    /// What this source is called in notices and logs.
    String name();

    /// Label sets and times that this source has now. Empty means: it has nothing.
    List<Coverage> coverage();

    /// The series that match, with external labels applied, chunks of any resolution and encoding as stored.
    SeriesSet select(Selection selection, QueryContext context);

    /// Whether whoever wants the series may read them in his own thread: this source looks after the query's end itself
    /// wherever it waits. Others are read ahead by a thread of their own.
    default boolean isWatchful() {
        return false;
    }

    /// Names of labels of the matching series, ascending in UTF-8 byte order. No matchers: of all series.
    List<String> labelNames(Selection selection, QueryContext context);

    /// Values of one label among the matching series, ascending in UTF-8 byte order. No matchers: among all series.
    List<String> labelValues(String labelName, Selection selection, QueryContext context);
}
