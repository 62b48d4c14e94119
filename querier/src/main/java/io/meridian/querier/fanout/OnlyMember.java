package io.meridian.querier.fanout;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import org.jspecify.annotations.Nullable;

/// The series of the only member that is asked, read by whoever wants them. A member that fails ends the stream;
/// [MemberFailure] decides what that means for the query.
final class OnlyMember implements SeriesSet {
    private final Member member;
    private final QueryContext context;
    private @Nullable SeriesSet series;
    private @Nullable Series previous;

    OnlyMember(Member member, Selection selection, QueryContext context) {
        this.member = member;
        this.context = context;
        try {
            series = member.source().select(selection, context);
        } catch (RuntimeException | Error e) {
            MemberFailure.handle("fetch series for", member, e, context);
        }
    }

    @Override
    public @Nullable Series next() {
        if (series == null) {
            return null;
        }
        Series next = null;
        try {
            next = series.next();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        if (next != null && previous != null && previous.labels().compareTo(next.labels()) > 0) {
            fail(new QueryException(
                    Fault.STORE_UNAVAILABLE,
                    "series out of order: %s after %s".formatted(next.labels(), previous.labels())));
            return null;
        }
        previous = next;
        return next;
    }

    private void fail(Throwable failure) {
        close();
        MemberFailure.handle("receive series from", member, failure, context);
    }

    @Override
    public void close() {
        if (series != null) {
            series.close();
            series = null;
        }
    }
}
