package io.meridian.storegateway;

import io.meridian.model.Fault;
import io.meridian.model.LoserTree;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The series of one block, read ahead by a virtual thread of its own, so that blocks wait for storage side by side.
/// Holds the block until that thread ends.
final class PrefetchedSeries implements LoserTree.Cursor<Series>, AutoCloseable {
    private static final int BATCH_SERIES = 128;
    private static final int BATCHES_AHEAD = 4;
    private static final long POLL_MS_MAX = 1000;

    /// Some series; the last batch may carry why there are no more.
    private record Batch(
            List<Series> series, boolean last, @Nullable Throwable failure) {}

    private final QueryContext context;
    private final ArrayBlockingQueue<Batch> batches = new ArrayBlockingQueue<>(BATCHES_AHEAD);
    private final Thread thread;
    private volatile boolean closed;
    private Iterator<Series> current = List.<Series>of().iterator();
    private boolean ended;

    /// Takes over one hold on the block.
    PrefetchedSeries(ServedBlock block, Selection selection, QueryContext context) {
        this.context = context;
        this.thread = Thread.ofVirtual().name("block " + block.meta().id()).unstarted(() -> {
            try {
                readAhead(block, selection);
            } finally {
                block.release();
            }
        });
        thread.start();
        context.onCancel(thread::interrupt);
    }

    private void readAhead(ServedBlock block, Selection selection) {
        Throwable failure = null;
        List<Series> batch = new ArrayList<>();
        try (SeriesSet set = block.block().select(selection, context)) {
            for (Series series = set.next(); series != null && !closed; series = set.next()) {
                batch.add(series);
                if (batch.size() == BATCH_SERIES) {
                    batches.put(new Batch(batch, false, null));
                    batch = new ArrayList<>();
                }
            }
        } catch (InterruptedException e) {
            return; // nobody waits any more
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        try {
            batches.put(new Batch(batch, true, failure));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public @Nullable Series next() {
        while (!current.hasNext()) {
            if (ended) {
                return null;
            }
            Batch batch = take();
            current = batch.series().iterator();
            ended = batch.last();
            switch (batch.failure()) {
                case null -> {}
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(batch.failure());
            }
        }
        return current.next();
    }

    private Batch take() {
        try {
            while (true) {
                context.check();
                long waitMs = Math.clamp(TimeUnit.NANOSECONDS.toMillis(context.remainingNanos()) + 1, 1, POLL_MS_MAX);
                Batch batch = batches.poll(waitMs, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    return batch;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "interrupted while reading blocks", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        batches.clear();
        thread.interrupt();
    }
}
