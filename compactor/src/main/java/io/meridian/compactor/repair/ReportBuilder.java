package io.meridian.compactor.repair;

import io.meridian.tsdb.block.BlockId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A report as it becomes known.
final class ReportBuilder {
    private final BlockId block;
    private final RepairReport.Verdict verdict;
    private final List<String> findings;
    private final List<String> advice;
    private @Nullable BlockId repaired;
    private List<String> actions = List.of();
    private List<Loss> losses = List.of();
    private long series;
    private long samples;
    private long removedSamples;
    private long expectedSamples = -1;

    ReportBuilder(
            BlockId block,
            RepairReport.Verdict verdict,
            List<String> findings,
            @Nullable BlockId repaired,
            List<String> advice) {
        this.block = block;
        this.verdict = verdict;
        this.findings = findings;
        this.repaired = repaired;
        this.advice = advice;
    }

    ReportBuilder actions(List<String> done) {
        actions = done;
        return this;
    }

    ReportBuilder repaired(BlockId id) {
        repaired = id;
        return this;
    }

    ReportBuilder salvaged(BlockSalvage salvage, long keptSeries, long keptSamples, long expected) {
        losses = salvage.losses();
        removedSamples = salvage.removedSamples();
        series = keptSeries;
        samples = keptSamples;
        expectedSamples = expected > 0 ? expected : -1;
        return this;
    }

    RepairReport build() {
        return new RepairReport(
                block,
                verdict,
                findings,
                losses,
                series,
                samples,
                removedSamples,
                expectedSamples,
                repaired,
                actions,
                advice);
    }
}
