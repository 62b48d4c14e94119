package io.meridian.promql;

import io.meridian.model.Coverage;
import io.meridian.model.HistogramColumn;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Samples in memory that are no chunks: what the engine gets from deduplication.
final class DecodedSource implements SeriesSource {
    private final TreeMap<Labels, SampleBuffer> series = new TreeMap<>();

    SampleBuffer samples(Labels labels) {
        return series.computeIfAbsent(labels, key -> new SampleBuffer());
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
        List<Series> matching = new ArrayList<>();
        series.forEach((labels, samples) -> {
            if (LabelMatcher.allMatch(selection.matchers(), labels)) {
                matching.add(new DecodedSeries(labels, samples));
            }
        });
        return SeriesSet.of(matching);
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        return List.of();
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        return List.of();
    }

    private record DecodedSeries(Labels labels, SampleBuffer samples) implements Series {
        @Override
        public void read(TimeRange range, SampleBuffer target) {
            HistogramColumn histograms = samples.histograms();
            long[] startTimes = samples.startTimes();
            for (int i = 0; i < samples.size(); i++) {
                long time = samples.times()[i];
                if (!range.contains(time)) {
                    continue;
                }
                if (histograms != null && histograms.isPresent(i)) {
                    target.appendTime(time).copy(target.size() - 1, histograms, i);
                } else {
                    target.append(time, samples.values()[i]);
                }
                if (startTimes != null) {
                    target.setStartTime(startTimes[i]);
                }
            }
        }

        @Override
        public long retainedBytes() {
            return 0;
        }
    }
}
