package io.meridian.storegateway;

import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import org.jspecify.annotations.Nullable;

/// The series of the only block that a query needs, read by the query's own thread. Holds the block until it is closed.
final class HeldSeries implements SeriesSet {
    private final ServedBlock block;
    private final SeriesSet series;
    private final Runnable onClose;
    private boolean closed;

    /// Takes over one hold on the block, unless it throws: then the hold is given up.
    ///
    /// @param onClose runs once
    HeldSeries(ServedBlock block, Selection selection, QueryContext context, Runnable onClose) {
        this.block = block;
        this.onClose = onClose;
        try {
            series = block.block().select(selection, context);
        } catch (RuntimeException | Error e) {
            block.release();
            throw e;
        }
    }

    @Override
    public @Nullable Series next() {
        return series.next();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            series.close();
            block.release();
            onClose.run();
        }
    }
}
