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
import io.meridian.model.chunk.ChunkSeries;
import java.time.Clock;
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
        var scrapes = new Scrapes(range.minMs(), range.maxMs() + 1);
        boolean[] scraped = scrapes.scraped(replica.scraper());
        return new SeriesSet() {
            @Override
            public @Nullable Series next() {
                while (matching.hasNext()) {
                    DemoSeries series = matching.next();
                    scrapes.expose(series);
                    var chunks = scrapes.chunks(series, replica.scraper(), scraped);
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

    /// All series of which replicas may have samples in `[fromMs, toMs)`, ascending by labels.
    static List<DemoSeries> living(Fleet fleet, long fromMs, long toMs) {
        // A scrape lags its slot, and the stale marker comes one slot after the end.
        long earliestMs = fromMs - 2 * Fleet.SCRAPE_INTERVAL_MS;
        return fleet.series(earliestMs, toMs).stream()
                .filter(series -> series.livesIn(earliestMs, toMs))
                .toList();
    }

    private TimeRange clamp(TimeRange range) {
        return range.intersect(new TimeRange(startMs, clock.millis()));
    }

    private List<DemoSeries> matching(List<LabelMatcher> matchers, TimeRange range) {
        return living(replica.fleet(), range.minMs(), range.maxMs() + 1).stream()
                .filter(series -> LabelMatcher.allMatch(matchers, series.labels()))
                .toList();
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
