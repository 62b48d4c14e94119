package io.meridian.querier.dedup;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkedSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A source as one query wants to see it: at a resolution, and without replicas.
///
/// Replica labels are dropped here and nowhere before, so that whoever merges the replicas knows which is which.
///
/// @param replicaLabels labels that tell replicas of one series apart; none: no deduplication
public record QueryView(
        SeriesSource source, ResolutionPlanner resolution, List<String> replicaLabels, DeduplicationFunction function)
        implements SeriesSource {
    private record Entry(Labels labels, Series series) {}

    public QueryView {
        replicaLabels = List.copyOf(replicaLabels);
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public List<Coverage> coverage() {
        return source.coverage().stream()
                .map(each -> new Coverage(each.externalLabels().without(replicaLabels), each.range()))
                .distinct()
                .toList();
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        SelectHints hints = resolution.plan(selection.hints());
        var reading = AggregateReading.of(hints.function());
        SeriesSet set = source.select(selection.withHints(hints), context);
        return replicaLabels.isEmpty() ? new Plain(set, reading, context) : grouped(set, reading, context);
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        return source.labelNames(selection, context);
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        return source.labelValues(labelName, selection, context);
    }

    /// Dropping a label can break the order, so everything is read before the first series goes out.
    private SeriesSet grouped(SeriesSet set, AggregateReading reading, QueryContext context) {
        var entries = new ArrayList<Entry>();
        long held = 0;
        boolean complete = false;
        try (set) {
            for (Series series = set.next(); series != null; series = set.next()) {
                long bytes = series.retainedBytes();
                held += bytes;
                context.reserve(bytes);
                entries.add(new Entry(series.labels().without(replicaLabels), series));
            }
            complete = true;
        } finally {
            if (!complete) {
                context.release(held);
            }
        }
        entries.sort(Comparator.comparing(Entry::labels));
        return new Grouped(entries, reading, function, context, held);
    }

    /// Whether there is nothing to merge and nothing to choose: raw samples, once.
    private static boolean isPlain(Series series) {
        return series instanceof ChunkedSeries chunked && chunked.isPlain();
    }

    /// The one replica there is.
    private record Relabelled(Labels labels, Series series) implements Series {
        @Override
        public void read(TimeRange range, SampleBuffer target) {
            series.read(range, target);
        }

        @Override
        public long retainedBytes() {
            return series.retainedBytes();
        }
    }

    private static final class Plain implements SeriesSet {
        private final SeriesSet set;
        private final AggregateReading reading;
        private final QueryContext context;

        Plain(SeriesSet set, AggregateReading reading, QueryContext context) {
            this.set = set;
            this.reading = reading;
            this.context = context;
        }

        @Override
        public @Nullable Series next() {
            Series series = set.next();
            if (series == null || isPlain(series)) {
                return series;
            }
            Labels labels = series.labels();
            return GuardedSeries.of(
                    labels,
                    List.of(series),
                    parts -> new ReplicaSeries(labels, parts, reading, DeduplicationFunction.CHAIN),
                    context);
        }

        @Override
        public void close() {
            set.close();
        }
    }

    private static final class Grouped implements SeriesSet {
        private final List<Entry> entries;
        private final AggregateReading reading;
        private final DeduplicationFunction function;
        private final QueryContext context;
        private final long held;
        private int position;
        private boolean closed;

        Grouped(
                List<Entry> entries,
                AggregateReading reading,
                DeduplicationFunction function,
                QueryContext context,
                long held) {
            this.entries = entries;
            this.reading = reading;
            this.function = function;
            this.context = context;
            this.held = held;
        }

        @Override
        public @Nullable Series next() {
            if (position == entries.size()) {
                return null;
            }
            Labels labels = entries.get(position).labels();
            var replicas = new ArrayList<Series>(2);
            while (position < entries.size() && entries.get(position).labels().equals(labels)) {
                replicas.add(entries.get(position++).series());
            }
            if (replicas.size() == 1 && isPlain(replicas.getFirst())) {
                return new Relabelled(labels, replicas.getFirst());
            }
            return GuardedSeries.of(
                    labels, replicas, parts -> new ReplicaSeries(labels, parts, reading, function), context);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                context.release(held);
            }
        }
    }
}
