package io.meridian.querier.fanout;

import io.meridian.model.LoserTree;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The series of several streams in one order; a series that several have comes once, with the chunks of all.
final class MergedSeriesSet implements SeriesSet {
    private final List<MemberStream> streams;
    private final LoserTree<Series> tree;

    MergedSeriesSet(List<MemberStream> streams) {
        this.streams = streams;
        this.tree = new LoserTree<>(streams, Comparator.comparing(Series::labels));
    }

    @Override
    public @Nullable Series next() {
        Series first = tree.key();
        if (first == null) {
            return null;
        }
        tree.advance();
        Series rival = tree.key();
        if (rival == null || !rival.labels().equals(first.labels())) {
            return first;
        }
        var parts = new ArrayList<Series>();
        parts.add(first);
        while (rival != null && rival.labels().equals(first.labels())) {
            parts.add(rival);
            tree.advance();
            rival = tree.key();
        }
        return SeriesUnion.of(first.labels(), parts);
    }

    @Override
    public void close() {
        streams.forEach(MemberStream::close);
    }
}
