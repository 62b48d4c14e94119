package io.meridian.promql.exec;

import io.meridian.model.QueryContext;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes the columns of a stream on several threads, in shards of series that depend on the data only, and hands them
/// to a sink: in any order, or one by one in the order of the series, so that sums do not depend on the threads.
final class SeriesLoop {
    private static final int SHARD_CELLS = 4096;
    private static final int SHARD_SERIES_MAX = 64;
    private static final int SHARDS_AHEAD_MAX = 4;

    /// Fewer series make smaller shards, so that all threads have some.
    private static final int SHARDS_WANTED = 32;

    /// Takes a column; must not keep it.
    interface Sink {
        void accept(int series, Column column);
    }

    /// Does something for one series.
    interface Body {
        void run(int series, Worker worker);
    }

    private final WorkerPool pool;
    private final QueryContext context;
    private final Workers workers;

    SeriesLoop(WorkerPool pool, QueryContext context, Workers workers) {
        this.pool = pool;
        this.context = context;
        this.workers = workers;
    }

    private static int shardSeries(int seriesCount, int steps) {
        int cells = SHARD_CELLS / Math.max(1, steps);
        return Math.clamp(Math.min(cells, seriesCount / SHARDS_WANTED), 1, SHARD_SERIES_MAX);
    }

    /// Runs the body once for each series, on any thread, in any order.
    void each(int seriesCount, int steps, Body body) {
        int shardSeries = shardSeries(seriesCount, steps);
        int shards = (seriesCount + shardSeries - 1) / shardSeries;
        if (shards == 0) {
            return;
        }
        var next = new AtomicInteger();
        var failure = new FirstFailure();
        pool.run(shards, () -> {
            Worker worker = workers.take();
            try {
                for (int shard = next.getAndIncrement();
                        shard < shards && !failure.isSet();
                        shard = next.getAndIncrement()) {
                    int end = Math.min(seriesCount, (shard + 1) * shardSeries);
                    for (int series = shard * shardSeries; series < end; series++) {
                        context.check();
                        body.run(series, worker);
                    }
                }
            } catch (RuntimeException | Error e) {
                failure.set(e);
            } finally {
                workers.giveBack(worker);
            }
        });
        failure.rethrow();
    }

    /// Hands over all columns in the order of their series. The sink is called by one thread at a time.
    void ordered(VectorStream stream, Sink sink) {
        int shardSeries = shardSeries(stream.size(), stream.steps);
        int shards = (stream.size() + shardSeries - 1) / shardSeries;
        if (shards == 0) {
            return;
        }
        var state = new Ordered(stream, sink, shardSeries, shards);
        pool.run(shards, state);
        state.failure.rethrow();
        state.giveBack();
    }

    /// The turnstile of [#ordered]: shards are filled side by side and pass it in order.
    private final class Ordered implements Runnable {
        final FirstFailure failure = new FirstFailure();
        private final VectorStream stream;
        private final Sink sink;
        private final int shardSeries;
        private final int shards;
        private final Map<Integer, Column[]> waiting = new HashMap<>();
        private final ArrayDeque<Column[]> free = new ArrayDeque<>();
        private int claimed;
        private int passed;
        private boolean passing;

        Ordered(VectorStream stream, Sink sink, int shardSeries, int shards) {
            this.stream = stream;
            this.sink = sink;
            this.shardSeries = shardSeries;
            this.shards = shards;
        }

        @Override
        public void run() {
            Worker worker = workers.take();
            try {
                for (int shard = claim(); shard >= 0; shard = claim()) {
                    Column[] columns = columns();
                    int start = shard * shardSeries;
                    int end = Math.min(stream.size(), start + shardSeries);
                    for (int series = start; series < end; series++) {
                        context.check();
                        stream.fill(series, columns[series - start], worker);
                    }
                    pass(shard, columns);
                }
            } catch (RuntimeException | Error e) {
                failure.set(e);
                wake();
            } finally {
                workers.giveBack(worker);
            }
        }

        /// The next shard, or -1. Waits while too many filled shards are held up by a slow one.
        private synchronized int claim() {
            while (claimed - passed > SHARDS_AHEAD_MAX && !failure.isSet()) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    context.cancel();
                    context.check();
                }
            }
            return claimed < shards && !failure.isSet() ? claimed++ : -1;
        }

        private synchronized Column[] columns() {
            Column[] columns = free.poll();
            if (columns == null) {
                columns = new Column[Math.min(shardSeries, stream.size())];
                for (int i = 0; i < columns.length; i++) {
                    columns[i] = workers.newColumn(stream.steps);
                }
            }
            return columns;
        }

        private void pass(int shard, Column[] columns) {
            synchronized (this) {
                waiting.put(shard, columns);
                if (passing) {
                    return;
                }
                passing = true;
            }
            while (true) {
                int current;
                Column[] turn;
                synchronized (this) {
                    current = passed;
                    turn = waiting.remove(current);
                    if (turn == null) {
                        passing = false;
                        return;
                    }
                }
                hand(current, turn);
                synchronized (this) {
                    passed++;
                    free.add(turn);
                    notifyAll();
                }
            }
        }

        private void hand(int shard, Column[] columns) {
            int start = shard * shardSeries;
            int end = Math.min(stream.size(), start + shardSeries);
            for (int series = start; series < end; series++) {
                sink.accept(series, columns[series - start]);
            }
        }

        /// Gives the columns back when all have passed.
        private void giveBack() {
            for (Column[] columns : free) {
                for (Column column : columns) {
                    workers.giveBack(column);
                }
            }
        }

        private synchronized void wake() {
            notifyAll();
        }
    }
}
