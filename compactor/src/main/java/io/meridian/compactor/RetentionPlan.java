package io.meridian.compactor;

import io.meridian.compactor.plan.Resolutions;
import io.meridian.compactor.plan.RetentionForecast;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What retention would do to a bucket, found without touching it.
///
/// @param unreadable blocks whose meta data cannot be understood, so that nothing is known of them
public record RetentionPlan(long nowMs, List<RetentionForecast.Row> rows, List<BlockId> unreadable) {
    private static final Duration SOON = Duration.ofDays(30);

    public RetentionPlan {
        rows = List.copyOf(rows);
        unreadable = List.copyOf(unreadable);
    }

    /// Only reads.
    public static RetentionPlan of(Bucket bucket, CompactorOptions options, long nowMs) throws IOException {
        var store = new BlockStore(bucket, null);
        var view = BucketView.of(store, options, nowMs);
        var quarantine = new Quarantine(store);
        quarantine.refresh(view);
        var bytes = new HashMap<BlockId, Long>();
        view.objects().forEach((id, objects) -> bytes.put(id, objects.totalBytes()));
        var whole = view.visible().stream()
                .filter(meta -> !view.broken().containsKey(meta.id()))
                .toList();
        var rows = new RetentionForecast(
                        options.retention(),
                        options.downsampling().enabled(),
                        options.delays().deletion())
                .of(view.all(), whole, quarantine.without(whole), view.deletions(), bytes, nowMs);
        var unreadable = new ArrayList<>(view.unreadable().keySet());
        unreadable.addAll(view.unreachable().keySet());
        return new RetentionPlan(nowMs, rows, unreadable);
    }

    /// Bytes of some of the blocks.
    public long bytes(Predicate<RetentionForecast.Row> which) {
        return rows.stream()
                .filter(which)
                .mapToLong(RetentionForecast.Row::bytes)
                .sum();
    }

    public long dueBytes() {
        return bytes(row -> row.state() == RetentionForecast.State.DUE);
    }

    public long markedBytes() {
        return bytes(row -> row.state() == RetentionForecast.State.MARKED);
    }

    public long waitingBytes() {
        return bytes(row -> row.state() == RetentionForecast.State.WAITS);
    }

    /// What comes due within thirty days, beside what is due already.
    public long soonBytes() {
        return bytes(row -> row.state() == RetentionForecast.State.AGES && row.expiresMs() <= nowMs + SOON.toMillis());
    }

    public Map<String, @Nullable Object> toJson() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("now", Instant.ofEpochMilli(nowMs).toString());
        var blocks = new ArrayList<@Nullable Object>();
        rows.forEach(row -> blocks.add(json(row)));
        json.put("blocks", blocks);
        json.put("unreadable", unreadable.stream().map(BlockId::toString).toList());
        var total = new LinkedHashMap<String, @Nullable Object>();
        total.put("blocks", rows.size());
        total.put("bytes", bytes(_ -> true));
        total.put("markedBytes", markedBytes());
        total.put("dueBytes", dueBytes());
        total.put("waitingBytes", waitingBytes());
        total.put("within30dBytes", soonBytes());
        json.put("total", total);
        return json;
    }

    private Map<String, @Nullable Object> json(RetentionForecast.Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("block", row.block().id().toString());
        json.put("stream", row.block().thanos().labels().toString());
        json.put("resolution", Resolutions.name(row.block().thanos().resolutionMs()));
        json.put("minTime", row.block().minTimeMs());
        json.put("maxTime", row.block().maxTimeMs());
        json.put("ageSeconds", (nowMs - row.block().maxTimeMs()) / 1000);
        json.put("state", row.state().name().toLowerCase(java.util.Locale.ROOT));
        json.put("retentionSeconds", row.period().toSeconds());
        json.put("rule", row.rule());
        json.put("waitsFor", row.waitsFor() < 0 ? null : Resolutions.name(row.waitsFor()));
        json.put("expires", time(row.expiresMs()));
        json.put("deleted", time(row.deletedMs()));
        json.put("bytes", row.bytes());
        return json;
    }

    private static @Nullable String time(long ms) {
        return ms == RetentionForecast.NEVER ? null : Instant.ofEpochMilli(ms).toString();
    }
}
