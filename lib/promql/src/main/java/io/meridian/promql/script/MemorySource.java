package io.meridian.promql.script;

import io.meridian.model.Coverage;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Loaded series in memory. They are kept as chunks, so that counter reset hints come back as storage gives them.
public final class MemorySource implements SeriesSource {
    private final List<ChunkSeries> series = new ArrayList<>();

    /// @param loaded sorted by labels
    public MemorySource(List<LoadedSeries> loaded) {
        for (LoadedSeries one : loaded) {
            List<Chunk> chunks = List.copyOf(one.chunks(true));
            series.add(new ChunkSeries(one.labels(), chunks));
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Coverage> coverage() {
        return List.of(new Coverage(Labels.empty(), TimeRange.ALL));
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        return SeriesSet.of(matching(selection));
    }

    private List<Series> matching(Selection selection) {
        var matching = new ArrayList<Series>();
        for (ChunkSeries one : series) {
            if (LabelMatcher.allMatch(selection.matchers(), one.labels())) {
                matching.add(one);
            }
        }
        return matching;
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        var names = new TreeSet<String>(io.meridian.model.Utf8::compare);
        for (Series one : matching(selection)) {
            for (int i = 0; i < one.labels().size(); i++) {
                names.add(one.labels().name(i));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        var values = new TreeSet<String>(io.meridian.model.Utf8::compare);
        for (Series one : matching(selection)) {
            if (one.labels().has(labelName)) {
                values.add(one.labels().get(labelName));
            }
        }
        return List.copyOf(values);
    }
}
