package io.meridian.querier.fanout;

import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SampleEstimator;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Many sources as one: asks those that may know something, all at the same time, and merges what they say.
///
/// What fails in part is a [io.meridian.model.Notice] or the end of the query, as the context's policy says; the
/// rules of leaving members out and the texts are Thanos' (`pkg/store/proxy.go`).
public final class FanoutSource implements SeriesSource, SampleEstimator {
    private static final long PATIENCE_MS = 50;
    private static final String NO_SERIES_ASKED_FOR =
            "matchers of external labels alone select nothing: add one of the series, such as __name__!=\"\"";

    private final String name;
    private final Supplier<List<Member>> members;
    private final List<List<LabelMatcher>> storeMatchers;
    private final Duration responseTimeout;

    /// @param members         asked anew for every call
    /// @param responseTimeout longest silence of a member before it counts as failed; zero: no limit
    public FanoutSource(String name, Supplier<List<Member>> members, Duration responseTimeout) {
        this(name, members, List.of(), responseTimeout);
    }

    private FanoutSource(
            String name,
            Supplier<List<Member>> members,
            List<List<LabelMatcher>> storeMatchers,
            Duration responseTimeout) {
        this.name = name;
        this.members = members;
        this.storeMatchers = storeMatchers;
        this.responseTimeout = responseTimeout;
    }

    /// The same, but only members whose `__address__` fits one of the selectors. Empty: all.
    public FanoutSource restrictedTo(List<List<LabelMatcher>> selectors) {
        return selectors.isEmpty() ? this : new FanoutSource(name, members, selectors, responseTimeout);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Coverage> coverage() {
        return members.get().stream()
                .flatMap(member -> member.source().coverage().stream())
                .distinct()
                .toList();
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        List<Member> all = members.get();
        if (all.isEmpty() && context.partialResponse() == QueryContext.PartialResponse.ABORT) {
            throw new QueryException(Fault.STORE_UNAVAILABLE, "proxy Series(): No StoreAPIs available");
        }
        List<Member> chosen = chosen(all, selection);
        for (Member member : chosen) {
            if (member.concern() != null) {
                context.addNotice(new Notice(member.description(), member.concern()));
            }
            if (MemberFilter.asksForNoSeries(member, selection.matchers())) {
                context.addNotice(new Notice(member.description(), NO_SERIES_ASKED_FOR));
            }
        }
        if (chosen.size() == 1 && chosen.getFirst().source().isWatchful() && responseTimeout.isZero()) {
            return new OnlyMember(chosen.getFirst(), selection, context);
        }
        var streams = new ArrayList<MemberStream>();
        for (Member member : chosen) {
            streams.add(new MemberStream(member, selection, context, responseTimeout));
        }
        try {
            return new MergedSeriesSet(streams);
        } catch (RuntimeException | Error e) {
            streams.forEach(MemberStream::close);
            throw e;
        }
    }

    /// Of the members that know; blocks that follow each other add up.
    @Override
    public double samplesPerSeries(TimeRange range) {
        double samples = 0;
        for (Member member : members.get()) {
            if (member.source() instanceof SampleEstimator estimator) {
                samples += estimator.samplesPerSeries(range);
            }
        }
        return samples;
    }

    private List<Member> chosen(List<Member> all, Selection selection) {
        return all.stream()
                .filter(member ->
                        MemberFilter.mayAnswer(member, selection.matchers(), selection.range(), storeMatchers))
                .toList();
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        return union(
                "fetch label names from store",
                selection,
                context,
                member -> member.source().labelNames(selection, context));
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        return union(
                "fetch label values from store",
                selection,
                context,
                member -> member.source().labelValues(labelName, selection, context));
    }

    private List<String> union(
            String action, Selection selection, QueryContext context, Function<Member, List<String>> call) {
        List<Member> chosen = chosen(members.get(), selection);
        var tasks = new ArrayList<FutureTask<List<String>>>();
        for (Member member : chosen) {
            Callable<List<String>> work = () -> call.apply(member);
            var task = new FutureTask<>(work);
            Thread.startVirtualThread(task);
            tasks.add(task);
        }
        var union = new TreeSet<String>(Utf8::compare);
        try {
            for (int i = 0; i < tasks.size(); i++) {
                try {
                    union.addAll(await(tasks.get(i), context));
                } catch (ExecutionException e) {
                    MemberFailure.handle(action, chosen.get(i), e.getCause() == null ? e : e.getCause(), context);
                }
            }
        } finally {
            tasks.forEach(task -> task.cancel(true));
        }
        return List.copyOf(union);
    }

    private List<String> await(FutureTask<List<String>> task, QueryContext context) throws ExecutionException {
        long startNanos = System.nanoTime();
        while (true) {
            try {
                return task.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                context.check();
                if (!responseTimeout.isZero() && System.nanoTime() - startNanos > responseTimeout.toNanos()) {
                    throw new ExecutionException(new QueryException(
                            Fault.STORE_UNAVAILABLE, "failed to receive any data in " + responseTimeout, e));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new QueryException(Fault.CANCELLED, "query was canceled in expression evaluation", e);
            }
        }
    }
}
