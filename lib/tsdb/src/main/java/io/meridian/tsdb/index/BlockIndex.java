package io.meridian.tsdb.index;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import java.io.IOException;
import java.util.List;

/// Postings, labels and chunk extents of one block, whatever file tells them: the whole index, an index-header with
/// ranged reads, or a companion object. Thread-safe.
///
/// Labels here are those stored in the block; external labels are the caller's affair.
///
/// @throws io.meridian.model.CorruptDataException from every method, if the bytes are not what their format promises
public interface BlockIndex extends AutoCloseable {
    /// References of the series that match all matchers; of all series if there are none.
    Postings select(List<LabelMatcher> matchers, QueryContext context) throws IOException;

    /// The entries of `refs[from .. to - 1]` (ascending), in that order, without those that have no chunk in the range.
    ///
    /// @param labelsOnly whether the chunks' places are not wanted
    List<SeriesEntry> series(long[] refs, int from, int to, TimeRange range, boolean labelsOnly, QueryContext context)
            throws IOException;

    /// Told of a series that has a chunk outside of the times expected.
    @FunctionalInterface
    interface Stray {
        void chunk(Labels labels, long minMs, long maxMs, QueryContext context);
    }

    /// From now on tells of chunks that whoever reads entries meets outside of the times, in the range asked for or
    /// not.
    void expect(TimeRange times, Stray stray);

    /// The same as columns, in place of what `target` had, labels by the references of their symbols.
    void series(long[] refs, int from, int to, SeriesColumns target, QueryContext context) throws IOException;

    /// Names of labels of the matching series that have a chunk in the range, ascending in byte order. No matchers: of
    /// all series of the block.
    List<String> labelNames(List<LabelMatcher> matchers, TimeRange range, QueryContext context) throws IOException;

    /// Values of one label among the matching series that have a chunk in the range, ascending in byte order. No
    /// matchers: among all series of the block.
    List<String> labelValues(String name, List<LabelMatcher> matchers, TimeRange range, QueryContext context)
            throws IOException;

    /// All names and values of labels, in the order stored.
    SymbolTable symbols();

    /// Bytes in the heap.
    long retainedBytes();

    /// Frees what lies outside of the heap; nobody may read any more. A second time does nothing.
    @Override
    void close();
}
