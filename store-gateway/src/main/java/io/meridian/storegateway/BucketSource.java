package io.meridian.storegateway;

import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.proto.store.BlockHints;
import io.meridian.tsdb.block.SelectorRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// All blocks of a catalog as one source. Blocks are read side by side; one that cannot be read costs its own data and
/// a notice.
public final class BucketSource implements SeriesSource, BlockHints {
    private static final int BLOCKS_AT_ONCE = 64;

    private final String name;
    private final Supplier<CatalogSnapshot> catalog;
    private final Supplier<TimeRange> partition;
    private final List<LabelMatcher> blockMatchers;
    private final Semaphore gate;

    /// @param partition         times served
    /// @param selectsAtOnceMax  more wait
    BucketSource(String name, Supplier<CatalogSnapshot> catalog, Supplier<TimeRange> partition, int selectsAtOnceMax) {
        this(name, catalog, partition, List.of(), new Semaphore(selectsAtOnceMax, true));
    }

    private BucketSource(
            String name,
            Supplier<CatalogSnapshot> catalog,
            Supplier<TimeRange> partition,
            List<LabelMatcher> blockMatchers,
            Semaphore gate) {
        this.name = name;
        this.catalog = catalog;
        this.partition = partition;
        this.blockMatchers = blockMatchers;
        this.gate = gate;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SeriesSource restrictedTo(List<LabelMatcher> matchers) {
        return new BucketSource(name, catalog, partition, matchers, gate);
    }

    @Override
    public List<Coverage> coverage() {
        TimeRange served = partition.get();
        List<Coverage> coverage = new ArrayList<>();
        CatalogSnapshot snapshot = catalog.get();
        // who would be warned must come and ask
        for (BlockProblem problem : snapshot.problems()) {
            TimeRange clamped = problem.range().intersect(served);
            if (problem.kind() == BlockProblem.Kind.UNREADABLE && !clamped.isEmpty()) {
                coverage.add(new Coverage(problem.externalLabels(), clamped));
            }
        }
        for (BlockGroup group : snapshot.groups()) {
            for (TimeRange range : group.ranges()) {
                TimeRange clamped = range.intersect(served);
                if (!clamped.isEmpty()) {
                    coverage.add(new Coverage(group.externalLabels(), clamped));
                }
            }
        }
        return coverage;
    }

    @Override
    public List<String> queriedBlocks(Selection selection) {
        return overlapping(catalog.get(), clamped(selection)).stream()
                .map(block -> block.meta().id().toString())
                .sorted()
                .toList();
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        Selection clamped = clamped(selection);
        if (clamped.range().isEmpty()) {
            return SeriesSet.of(List.of());
        }
        enter(context);
        List<PrefetchedSeries> cursors = new ArrayList<>();
        try {
            CatalogSnapshot snapshot = catalog.get();
            noteProblems(snapshot, clamped, context);
            Collection<ServedBlock> held = hold(clamped, (now, what) -> choose(now, what, context));
            if (held.size() == 1 && held.iterator().next().block().isMapped()) {
                return new HeldSeries(held.iterator().next(), clamped, context, gate::release);
            }
            for (ServedBlock block : held) {
                cursors.add(new PrefetchedSeries(block, clamped, context));
            }
            return new MergedBlocks(cursors, gate::release);
        } catch (RuntimeException | Error e) {
            cursors.forEach(PrefetchedSeries::close);
            gate.release();
            throw e;
        }
    }

    private void enter(QueryContext context) {
        try {
            while (!gate.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                context.check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "interrupted while waiting for other queries", e);
        }
    }

    private Selection clamped(Selection selection) {
        return new Selection(selection.matchers(), selection.range().intersect(partition.get()), selection.hints());
    }

    /// Blocks that answer, each held once for the caller.
    private Collection<ServedBlock> hold(
            Selection selection, BiFunction<CatalogSnapshot, Selection, Collection<ServedBlock>> choice) {
        while (true) {
            Collection<ServedBlock> chosen = choice.apply(catalog.get(), selection);
            List<ServedBlock> held = new ArrayList<>();
            for (ServedBlock block : chosen) {
                if (block.tryHold()) {
                    held.add(block);
                }
            }
            if (held.size() == chosen.size()) {
                return held;
            }
            // the catalog dropped one meanwhile: choose among what it has now
            held.forEach(ServedBlock::release);
        }
    }

    private Collection<ServedBlock> choose(CatalogSnapshot snapshot, Selection selection, QueryContext context) {
        List<ServedBlock> chosen = new ArrayList<>();
        long maxResolutionMs = selection.hints().maxResolutionMs();
        boolean readsAggregates = !selection.hints().aggregates().isEmpty();
        for (BlockGroup group : snapshot.groups()) {
            if (!matches(group.externalLabels(), selection.matchers())
                    || !asksForSeries(group.externalLabels(), selection.matchers())) {
                continue;
            }
            Set<ServedBlock> blocks = group.choose(selection.range(), maxResolutionMs);
            if (blocks.isEmpty() && readsAggregates) {
                blocks = group.chooseCoarser(selection.range(), maxResolutionMs);
                if (!blocks.isEmpty()) {
                    context.addNotice(new Notice(
                            name,
                            group.externalLabels(),
                            selection.range(),
                            "only data of a coarser resolution than asked for is left; it was used"));
                }
            }
            blocks.stream().filter(this::isAskedFor).forEach(chosen::add);
        }
        return chosen;
    }

    private List<ServedBlock> overlapping(CatalogSnapshot snapshot, Selection selection) {
        List<ServedBlock> blocks = new ArrayList<>();
        for (BlockGroup group : snapshot.groups()) {
            if (matches(group.externalLabels(), selection.matchers())) {
                group.overlapping(selection.range()).stream()
                        .filter(this::isAskedFor)
                        .forEach(blocks::add);
            }
        }
        return blocks;
    }

    /// Whether no matcher of an external label rejects its value.
    private static boolean matches(Labels externalLabels, List<LabelMatcher> matchers) {
        for (LabelMatcher matcher : matchers) {
            String value = externalLabels.get(matcher.name());
            if (!value.isEmpty() && !matcher.matches(value)) {
                return false;
            }
        }
        return true;
    }

    /// Whether a matcher is left for the series themselves. As in Thanos, external labels alone select nothing, so that
    /// nobody reads a whole cluster by accident; `{__name__=~".*", cluster="a"}` does.
    private static boolean asksForSeries(Labels externalLabels, List<LabelMatcher> matchers) {
        return matchers.stream().anyMatch(matcher -> !externalLabels.has(matcher.name()));
    }

    private boolean isAskedFor(ServedBlock block) {
        return isAskedFor(block.meta().id().toString(), block.meta().thanos().labels());
    }

    private boolean isAskedFor(String id, Labels externalLabels) {
        for (LabelMatcher matcher : blockMatchers) {
            String value = matcher.name().equals(SelectorRules.BLOCK_ID) ? id : externalLabels.get(matcher.name());
            if (!matcher.matches(value)) {
                return false;
            }
        }
        return true;
    }

    /// Says which blocks would have answered and cannot.
    private void noteProblems(CatalogSnapshot snapshot, Selection selection, QueryContext context) {
        for (BlockProblem problem : snapshot.problems()) {
            if (problem.kind() != BlockProblem.Kind.UNREADABLE
                    || !isAskedFor(problem.id().toString(), problem.externalLabels())
                    || !problem.range().overlaps(selection.range())
                    || !matches(problem.externalLabels(), selection.matchers())) {
                continue;
            }
            if (problem.meta() == null) {
                // it may have had nothing to say: no reason to end a query
                context.addNotice(problem.notice());
            } else if (problem.concerns(selection.hints().maxResolutionMs())) {
                context.sourceFailed(problem.notice(), Fault.CORRUPT_BLOCK);
            }
        }
    }

    private interface LabelQuery {
        List<String> of(ServedBlock block);
    }

    private List<String> labels(Selection selection, QueryContext context, LabelQuery query) {
        Selection clamped = clamped(selection);
        if (clamped.range().isEmpty()) {
            return List.of();
        }
        noteProblems(catalog.get(), clamped, context);
        Collection<ServedBlock> held = hold(clamped, this::overlapping);
        var all = new ConcurrentSkipListSet<String>(Utf8::compare);
        try {
            Parallel.forEach(held, BLOCKS_AT_ONCE, block -> {
                context.check();
                all.addAll(query.of(block));
            });
        } catch (IOException e) {
            throw new QueryException(Fault.CANCELLED, String.valueOf(e.getMessage()), e);
        } finally {
            held.forEach(ServedBlock::release);
        }
        return List.copyOf(all);
    }

    @Override
    public boolean isWatchful() {
        return true;
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        return labels(selection, context, block -> block.block().labelNames(clamped(selection), context));
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        return labels(selection, context, block -> block.block().labelValues(labelName, clamped(selection), context));
    }
}
