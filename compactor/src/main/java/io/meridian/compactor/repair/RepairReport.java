package io.meridian.compactor.repair;

import io.meridian.tsdb.block.BlockId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is wrong with a block, what can be saved of it, and what was done.
///
/// @param findings        what is wrong beside single chunks
/// @param losses          everything that a repaired block lacks
/// @param series          that stay
/// @param samples         that stay
/// @param removedSamples  that were there twice, or deleted by tombstones
/// @param expectedSamples by meta.json; -1 where that is not known
/// @param repaired        the new block; null where none was written
/// @param actions         what was done, or with `--apply` would be
/// @param advice          what an operator should know or do
public record RepairReport(
        BlockId block,
        Verdict verdict,
        List<String> findings,
        List<Loss> losses,
        long series,
        long samples,
        long removedSamples,
        long expectedSamples,
        @Nullable BlockId repaired,
        List<String> actions,
        List<String> advice) {
    /// What can be done.
    public enum Verdict {
        /// Nothing is wrong with it.
        SOUND,
        /// A new block takes its place.
        REPAIRABLE,
        /// Finer blocks still have all of its data: it is better made again.
        REMAKE,
        /// Nothing can be done here.
        HOPELESS
    }

    public RepairReport {
        findings = List.copyOf(findings);
        losses = List.copyOf(losses);
        actions = List.copyOf(actions);
        advice = List.copyOf(advice);
    }

    /// Samples of all losses; the difference to meta.json where some cannot be counted one by one; -1 if unknown.
    public long lostSamples() {
        if (losses.stream().allMatch(Loss::isCounted)) {
            return losses.stream().mapToLong(Loss::samples).sum();
        }
        long difference = expectedSamples - samples - removedSamples;
        return expectedSamples >= 0 && difference >= 0 ? difference : -1;
    }

    public Map<String, @Nullable Object> toJson() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("block", block.toString());
        json.put("verdict", verdict.name().toLowerCase(java.util.Locale.ROOT));
        json.put("findings", findings);
        json.put("series", series);
        json.put("samples", samples);
        json.put("removedSamples", removedSamples);
        json.put("lostSamples", lostSamples() < 0 ? null : lostSamples());
        var lost = new ArrayList<@Nullable Object>();
        for (var loss : losses) {
            var one = new LinkedHashMap<String, @Nullable Object>();
            one.put("series", loss.labels().isEmpty() ? null : loss.labels().toString());
            one.put("minTime", loss.minMs());
            one.put("maxTime", loss.maxMs());
            one.put("from", Instant.ofEpochMilli(loss.minMs()).toString());
            one.put("to", Instant.ofEpochMilli(loss.maxMs()).toString());
            one.put("samples", loss.isCounted() ? loss.samples() : null);
            one.put("reason", loss.reason());
            lost.add(one);
        }
        json.put("lost", lost);
        json.put("repaired", repaired == null ? null : repaired.toString());
        json.put("actions", actions);
        json.put("advice", advice);
        return json;
    }
}
