package io.meridian.querier.fanout;

import io.meridian.model.Fault;
import io.meridian.model.LoserTree;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The series of one member, read ahead by a virtual thread of its own, so that all members work at the same time.
///
/// A member that fails ends its stream; [MemberFailure] decides what that means for the query.
final class MemberStream implements LoserTree.Cursor<Series>, AutoCloseable {
    private static final int BATCH_SERIES_MAX = 64;
    private static final int BATCHES_AHEAD_MAX = 8;
    /// How often a waiting reader looks whether the query is still wanted.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// @param last    nothing comes after this one
    /// @param failure why the member stopped, if it did not reach its end
    private record Batch(
            List<Series> series, boolean last, @Nullable Throwable failure) {}

    private final Member member;
    private final Selection selection;
    private final QueryContext context;
    private final long silenceNanosMax;
    private final ArrayBlockingQueue<Batch> queue = new ArrayBlockingQueue<>(BATCHES_AHEAD_MAX);
    private final Thread producer;
    private volatile long progressNanos = System.nanoTime();
    private volatile boolean opened;
    private List<Series> current = List.of();
    private int position;
    private boolean ended;
    private @Nullable Series previous;

    /// Begins to read.
    ///
    /// @param responseTimeout longest time without a new series; zero: as long as the query has
    MemberStream(Member member, Selection selection, QueryContext context, Duration responseTimeout) {
        this.member = member;
        this.selection = selection;
        this.context = context;
        this.silenceNanosMax = responseTimeout.isZero() ? Long.MAX_VALUE : responseTimeout.toNanos();
        this.producer =
                Thread.ofVirtual().name("fanout " + member.description()).start(this::produce);
    }

    private void produce() {
        try {
            Throwable failure = null;
            var batch = new ArrayList<Series>();
            try (SeriesSet set = member.source().select(selection, context)) {
                opened = true;
                for (Series series = set.next(); series != null; series = set.next()) {
                    progressNanos = System.nanoTime();
                    batch.add(series);
                    if (batch.size() == BATCH_SERIES_MAX) {
                        queue.put(new Batch(batch, false, null));
                        batch = new ArrayList<>();
                    }
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            queue.put(new Batch(batch, true, failure));
        } catch (InterruptedException e) {
            // closed by the reader, who wants nothing more
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public @Nullable Series next() {
        while (position == current.size()) {
            if (ended) {
                return null;
            }
            accept(take());
        }
        Series series = current.get(position++);
        if (previous != null && previous.labels().compareTo(series.labels()) > 0) {
            ended = true;
            close();
            fail(new QueryException(
                    Fault.STORE_UNAVAILABLE,
                    "series out of order: %s after %s".formatted(series.labels(), previous.labels())));
            return null;
        }
        previous = series;
        return series;
    }

    private void accept(Batch batch) {
        current = batch.series();
        position = 0;
        if (batch.last()) {
            ended = true;
        }
        if (batch.failure() != null) {
            fail(batch.failure());
        }
    }

    private void fail(Throwable failure) {
        MemberFailure.handle(opened ? "receive series from" : "fetch series for", member, failure, context);
    }

    private Batch take() {
        try {
            while (true) {
                Batch batch = queue.poll(Math.min(PATIENCE_NANOS, silenceNanosMax), TimeUnit.NANOSECONDS);
                if (batch != null) {
                    return batch;
                }
                context.check();
                if (System.nanoTime() - progressNanos > silenceNanosMax && queue.isEmpty()) {
                    close();
                    return new Batch(List.of(), true, silence());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "query was canceled in expression evaluation", e);
        }
    }

    private QueryException silence() {
        return new QueryException(
                Fault.STORE_UNAVAILABLE,
                "failed to receive any data in %s".formatted(Duration.ofNanos(silenceNanosMax)));
    }

    @Override
    public void close() {
        producer.interrupt();
    }
}
