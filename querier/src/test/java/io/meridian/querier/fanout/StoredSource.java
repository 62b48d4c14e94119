package io.meridian.querier.fanout;

import io.meridian.model.Coverage;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.model.chunk.ChunkSeries;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Series in memory, for tests.
///
/// @param externalLabels by which a fan-out may leave the source out
public record StoredSource(String name, Labels externalLabels, List<? extends Series> series) implements SeriesSource {
    public StoredSource {
        series = series.stream().sorted(Comparator.comparing(Series::labels)).toList();
    }

    public StoredSource(String name, List<? extends Series> series) {
        this(name, Labels.empty(), series);
    }

    @Override
    public List<Coverage> coverage() {
        return List.of(new Coverage(externalLabels, TimeRange.ALL));
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        return SeriesSet.of(matching(selection).stream()
                .map(each -> each instanceof ChunkSeries chunks ? within(chunks, selection.range()) : each)
                .toList());
    }

    private static ChunkSeries within(ChunkSeries series, TimeRange range) {
        return new ChunkSeries(
                series.labels(),
                series.chunks().stream()
                        .filter(chunk -> new TimeRange(chunk.minMs(), chunk.maxMs()).overlaps(range))
                        .toList());
    }

    private List<? extends Series> matching(Selection selection) {
        return series.stream()
                .filter(each -> LabelMatcher.allMatch(selection.matchers(), each.labels()))
                .toList();
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        var names = new TreeSet<String>(Utf8::compare);
        for (Series each : matching(selection)) {
            for (int i = 0; i < each.labels().size(); i++) {
                names.add(each.labels().name(i));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        var values = new TreeSet<String>(Utf8::compare);
        for (Series each : matching(selection)) {
            if (each.labels().has(labelName)) {
                values.add(each.labels().get(labelName));
            }
        }
        return List.copyOf(values);
    }
}
