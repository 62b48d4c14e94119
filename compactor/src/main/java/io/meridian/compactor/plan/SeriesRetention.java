package io.meridian.compactor.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// From when on samples of a series are kept, by its own labels. Immutable.
public final class SeriesRetention {
    /// Keeps everything.
    public static final SeriesRetention NONE = new SeriesRetention(List.of());

    private final List<SeriesLimit> limits;

    private SeriesRetention(List<SeriesLimit> limits) {
        this.limits = List.copyOf(limits);
    }

    /// What may go when `inputs` are merged. Samples stay as long as their rule still wants a coarser resolution of
    /// them that is not there.
    ///
    /// @param stream  external labels of the inputs
    /// @param present all blocks of the stream
    public static SeriesRetention of(
            RetentionPolicy policy,
            Labels stream,
            List<BlockMeta> inputs,
            List<BlockMeta> present,
            boolean downsampling,
            long nowMs) {
        if (!policy.hasSeriesRules(stream)) {
            return NONE;
        }
        long resolutionMs = inputs.getFirst().thanos().resolutionMs();
        var produced = new ProducedSources(present);
        var limits = new ArrayList<SeriesLimit>();
        boolean any = false;
        var seen = new HashSet<List<LabelMatcher>>();
        for (var rule : policy.rulesOf(stream)) {
            if (!seen.add(rule.series())) {
                continue;
            }
            Duration period = rule.periods().of(resolutionMs);
            boolean keep = period.isZero()
                    || (downsampling
                            && inputs.stream().anyMatch(input -> waits(input, rule.periods(), produced, nowMs)));
            long keptFromMs = keep ? Long.MIN_VALUE : nowMs - period.toMillis();
            any |= !keep;
            limits.add(new SeriesLimit(rule.series(), keptFromMs));
        }
        return any ? new SeriesRetention(limits) : NONE;
    }

    private static boolean waits(
            BlockMeta block, RetentionPolicy.Periods periods, ProducedSources produced, long nowMs) {
        for (long resolution = Resolutions.coarser(block.thanos().resolutionMs());
                resolution > 0;
                resolution = Resolutions.coarser(resolution)) {
            if (produced.covers(block, resolution)) {
                return false;
            }
            Duration period = periods.of(resolution);
            if (period.isZero() || nowMs <= block.maxTimeMs() + period.toMillis()) {
                return true;
            }
        }
        return false;
    }

    /// By rule, in the order in which the first that fits a series counts.
    public List<SeriesLimit> limits() {
        return limits;
    }

    /// The limits that take something of a block that begins at `minMs`.
    public List<SeriesLimit> limitsAfter(long minMs) {
        return limits.stream().filter(limit -> limit.keptFromMs() > minMs).toList();
    }

    /// Chunks of the series that end before this have outlived their retention, in milliseconds since the epoch.
    public long keptFromMs(Labels series) {
        int number = limitOf(series);
        return number < 0 ? Long.MIN_VALUE : limits.get(number).keptFromMs();
    }

    /// The number of the limit that counts for the series; -1 if none does.
    public int limitOf(Labels series) {
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).fits(series)) {
                return i;
            }
        }
        return -1;
    }
}
