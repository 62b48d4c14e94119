package io.meridian.model;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// One query's deadline, cancellation, byte budget, policy on missing data, notices and counters. Thread-safe.
///
/// Bytes count against the query's own limit, and against what all queries may hold together until [#close].
public final class QueryContext implements AutoCloseable {
    /// What to do when a source cannot answer.
    public enum PartialResponse {
        WARN,
        ABORT
    }

    private final long deadlineNanos;
    private final long bytesMax;
    private final PartialResponse partialResponse;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicLong bytesHeld = new AtomicLong();
    private final ConcurrentLinkedQueue<Notice> notices = new ConcurrentLinkedQueue<>();
    private final CopyOnWriteArrayList<Runnable> onCancel = new CopyOnWriteArrayList<>();
    private final LongAdder requestCount = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();
    private final ByteBudget shared;
    private final CopyOnWriteArrayList<Runnable> onClose = new CopyOnWriteArrayList<>();
    private long bytesShared;
    private boolean closed;

    /// @param timeoutNanos from now
    /// @param bytesMax     most bytes the query may hold at once
    public QueryContext(long timeoutNanos, long bytesMax, PartialResponse partialResponse) {
        this(timeoutNanos, bytesMax, partialResponse, ByteBudget.unlimited());
    }

    /// @param timeoutNanos from now
    /// @param bytesMax     most bytes the query may hold at once
    /// @param shared       what it shares with other queries
    public QueryContext(long timeoutNanos, long bytesMax, PartialResponse partialResponse, ByteBudget shared) {
        this.shared = shared;
        this.deadlineNanos = System.nanoTime() + timeoutNanos;
        this.bytesMax = bytesMax;
        this.partialResponse = partialResponse;
    }

    /// No deadline to speak of, no budget, and no partial answers: for tests, tools and background work.
    public static QueryContext unlimited() {
        return new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.ABORT);
    }

    public PartialResponse partialResponse() {
        return partialResponse;
    }

    /// Nanoseconds left; not above zero once the deadline has passed.
    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    public void cancel() {
        if (cancelled.compareAndSet(false, true)) {
            onCancel.forEach(Runnable::run);
        }
    }

    public boolean isCancelled() {
        return cancelled.get();
    }

    /// Runs the action once, when the query is cancelled; at once if it already is.
    public void onCancel(Runnable action) {
        var once = new AtomicBoolean();
        Runnable guarded = () -> {
            if (once.compareAndSet(false, true)) {
                action.run();
            }
        };
        onCancel.add(guarded);
        if (isCancelled()) {
            guarded.run();
        }
    }

    /// To be called at least every few milliseconds of work.
    ///
    /// @throws QueryException if the query was cancelled or its time is up
    public void check() {
        if (isCancelled()) {
            throw new QueryException(Fault.CANCELLED, "query was canceled in expression evaluation");
        }
        if (remainingNanos() <= 0) {
            throw new QueryException(Fault.TIMED_OUT, "query timed out in expression evaluation");
        }
    }

    /// Counts bytes that the query holds from now on.
    ///
    /// @throws QueryException if that is over the budget
    public void reserve(long bytes) {
        long held = bytesHeld.addAndGet(bytes);
        if (held > bytesMax) {
            throw new QueryException(
                    Fault.LIMIT_EXCEEDED,
                    "query needs more memory than it may hold: limit=%d bytes, needed so far=%d bytes (flag --query.max-bytes)"
                            .formatted(bytesMax, held));
        }
        long together = share(bytes);
        if (together > shared.bytesMax()) {
            throw new QueryException(
                    Fault.LIMIT_EXCEEDED,
                    "queries together need more memory than they may hold: limit=%d bytes, needed so far=%d bytes, by this query=%d bytes (flag --query.max-total-bytes)"
                            .formatted(shared.bytesMax(), together, held));
        }
    }

    public void release(long bytes) {
        bytesHeld.addAndGet(-bytes);
        share(-bytes);
    }

    private synchronized long share(long bytes) {
        if (closed) {
            return 0;
        }
        bytesShared += bytes;
        return shared.add(bytes);
    }

    /// Runs the action when the query is closed, once nobody looks at its answer any more. If it never is, the action
    /// does not run.
    public void onClose(Runnable action) {
        onClose.add(action);
    }

    /// Gives back what the query still holds of the shared budget. What is reserved later does not count there.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            shared.add(-bytesShared);
        }
        onClose.forEach(Runnable::run);
    }

    public long bytesHeld() {
        return bytesHeld.get();
    }

    public void addNotice(Notice notice) {
        notices.add(notice);
    }

    /// Notes that a source could not answer, or ends the query, as the policy says.
    ///
    /// @throws QueryException under [PartialResponse#ABORT]
    public void sourceFailed(Notice notice, Fault fault) {
        if (partialResponse == PartialResponse.ABORT) {
            throw new QueryException(fault, notice.toString());
        }
        addNotice(notice);
    }

    /// Distinct notices so far.
    public List<Notice> notices() {
        return notices.isEmpty() ? List.of() : notices.stream().distinct().toList();
    }

    /// Counts requests to object storage or endpoints and the bytes they brought.
    public void countRead(long requests, long bytes) {
        requestCount.add(requests);
        bytesRead.add(bytes);
    }

    public long requestCount() {
        return requestCount.sum();
    }

    public long bytesRead() {
        return bytesRead.sum();
    }
}
