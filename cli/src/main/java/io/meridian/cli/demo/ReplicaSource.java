package io.meridian.cli.demo;

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
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What one replica has, from `startMs` until now, computed when asked. External labels are not applied, as Prometheus
/// itself does not apply them.
final class ReplicaSource implements SeriesSource {
    private final Replica replica;
    private final long startMs;
    private final Clock clock;

    ReplicaSource(Replica replica, long startMs, Clock clock) {
        this.replica = replica;
        this.startMs = startMs;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "demo " + replica.external();
    }

    @Override
    public List<Coverage> coverage() {
        return List.of(new Coverage(replica.external(), new TimeRange(startMs, Long.MAX_VALUE)));
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        TimeRange range = clamp(selection.range());
        if (range.isEmpty()) {
            return SeriesSet.of(List.of());
        }
        var matching = matching(selection.matchers(), range).iterator();
        return new SeriesSet() {
            @Override
            public @Nullable Series next() {
                while (matching.hasNext()) {
                    DemoSeries series = matching.next();
                    var chunks = chunks(series, range.minMs(), range.maxMs() + 1);
                    if (!chunks.isEmpty()) {
                        return new ChunkSeries(series.labels(), List.copyOf(chunks));
                    }
                }
                return null;
            }

            @Override
            public void close() {}
        };
    }

    /// The chunks of a series for samples within `[fromMs, toMs)`.
    List<EncodedChunk> chunks(DemoSeries series, long fromMs, long toMs) {
        var samples = new ExactSamples();
        replica.sample(series, fromMs, toMs, samples);
        return ChunkEncoder.encode(samples, false);
    }

    /// All series with samples in `[fromMs, toMs)`, ascending by labels.
    List<DemoSeries> series(long fromMs, long toMs) {
        return matching(List.of(), new TimeRange(fromMs, toMs - 1));
    }

    private TimeRange clamp(TimeRange range) {
        return range.intersect(new TimeRange(startMs, clock.millis()));
    }

    private List<DemoSeries> matching(List<LabelMatcher> matchers, TimeRange range) {
        var found = new ArrayList<DemoSeries>();
        // A scrape lags its slot, and the stale marker comes one slot after the end.
        long fromMs = range.minMs() - 2 * Fleet.SCRAPE_INTERVAL_MS;
        for (DemoSeries series : replica.fleet().series(fromMs, range.maxMs() + 1)) {
            if (series.livesIn(fromMs, range.maxMs() + 1) && LabelMatcher.allMatch(matchers, series.labels())) {
                found.add(series);
            }
        }
        found.sort(Comparator.comparing(DemoSeries::labels));
        return found;
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        var names = new TreeSet<String>(Utf8::compare);
        for (DemoSeries series : matching(selection.matchers(), clamp(selection.range()))) {
            Labels labels = series.labels();
            for (int i = 0; i < labels.size(); i++) {
                names.add(labels.name(i));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        var values = new TreeSet<String>(Utf8::compare);
        for (DemoSeries series : matching(selection.matchers(), clamp(selection.range()))) {
            if (series.labels().has(labelName)) {
                values.add(series.labels().get(labelName));
            }
        }
        return List.copyOf(values);
    }
}
