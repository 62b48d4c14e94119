package io.meridian.querier.golden;

import io.meridian.model.Coverage;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A source that answers late: what Prometheus took too long for has to run into its timeout here too, however fast
/// the machine and the engine.
record LateSource(SeriesSource source, Duration delay) implements SeriesSource {
    @Override
    public String name() {
        return source.name();
    }

    @Override
    public List<Coverage> coverage() {
        return source.coverage();
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        long due = System.nanoTime() + delay.toNanos();
        while (due - System.nanoTime() > 0) {
            LockSupport.parkNanos(due - System.nanoTime());
        }
        return source.select(selection, context);
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        return source.labelNames(selection, context);
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        return source.labelValues(labelName, selection, context);
    }
}
