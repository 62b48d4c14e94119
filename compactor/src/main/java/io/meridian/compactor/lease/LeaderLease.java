package io.meridian.compactor.lease;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.objstore.PreconditionFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who compacts a bucket. A leadership is an *epoch*: an object that is created if absent, so that exactly one
/// compactor gets each number. The number is the fencing token. The leader of the highest epoch renews that epoch's
/// lease; a waiter that has not seen it change for the lease's duration *on the waiter's own clock* creates the next
/// epoch. No clocks are compared between machines.
///
/// ```
/// meridian/compactor/epochs/00000000000000000007   {"holder": "…"}
/// meridian/compactor/leases/00000000000000000007   {"holder": "…", "renewal": 12, "released": false}
/// ```
/// A lease belongs to its epoch, so that a leader that wakes late cannot overwrite its successor's.
///
/// Thread-safe; calls block on the bucket.
public final class LeaderLease implements Leadership {
    public static final String PREFIX = "meridian/compactor/";

    private static final String EPOCHS = PREFIX + "epochs/";
    private static final String LEASES = PREFIX + "leases/";
    private static final int EPOCHS_KEPT = 8;

    private final Bucket bucket;
    private final String holder;
    private final long durationMs;
    private final LongSupplier clockMs;

    private long epoch;
    /// The one that was tried last: of such an attempt only the answer may have been lost.
    private long attempted;
    private long renewal;
    private boolean leading;
    private long observedEpoch = -1;
    private String observedVersion = "";
    private long observedAtMs;
    private String observedHolder = "";

    /// @param holder   survives restarts of the same data directory: such a restart re-enters at once
    /// @param duration after which a lease that is not renewed is free
    /// @param clockMs  monotonic, milliseconds
    public LeaderLease(Bucket bucket, String holder, Duration duration, LongSupplier clockMs) {
        this.bucket = bucket;
        this.holder = holder;
        this.durationMs = duration.toMillis();
        this.clockMs = clockMs;
    }

    @Override
    public synchronized boolean poll() throws IOException {
        if (leading) {
            renew();
        } else {
            observe();
        }
        return leading;
    }

    private void renew() throws IOException {
        String end = end();
        if (!end.isEmpty()) {
            leading = false;
            observedEpoch = -1;
            return;
        }
        renewal++;
        writeLease(epoch, false);
    }

    /// Why the epoch has ended; empty if it has not. Its object may be gone, by a lifecycle rule of the bucket or an
    /// operator's hand, or be another's, where the store ignores conditions.
    private String end() throws IOException {
        long highest = highestEpoch();
        if (highest > epoch) {
            return "another compactor leads with epoch " + highest;
        }
        try {
            String leader = holderOf(bucket.readAll(key(EPOCHS, epoch)));
            return leader.equals(holder) ? "" : "it belongs to " + leader;
        } catch (ObjectNotFoundException e) {
            return key(EPOCHS, epoch) + " is gone";
        }
    }

    private static String holderOf(byte[] object) {
        try {
            return String.valueOf(
                    Json.parseObject(new String(object, StandardCharsets.UTF_8)).get("holder"));
        } catch (JsonException e) {
            return "unknown";
        }
    }

    private void observe() throws IOException {
        long highest = highestEpoch();
        if (highest == 0) {
            take(epoch + 1);
            return;
        }
        @Nullable Lease lease = readLease(highest);
        String version = lease == null ? "" : lease.version;
        if (highest != observedEpoch || !version.equals(observedVersion)) {
            observedEpoch = highest;
            observedVersion = version;
            observedAtMs = clockMs.getAsLong();
        }
        observedHolder = lease == null ? "unknown" : lease.holder;
        // One that led already was replaced by a copy of its data directory: the two would take turns for ever.
        boolean isOwn = lease != null && lease.holder.equals(holder) && (epoch == 0 || highest == attempted);
        boolean free = isOwn || (lease != null && lease.released);
        if (free || clockMs.getAsLong() - observedAtMs >= durationMs) {
            take(Math.max(highest, epoch) + 1);
        }
    }

    private void take(long next) throws IOException {
        attempted = next;
        try {
            bucket.put(key(EPOCHS, next), json(Map.of("holder", holder)), Bucket.Precondition.ABSENT);
        } catch (PreconditionFailedException somebodyWasFaster) {
            return;
        }
        renewal = 0;
        writeLease(next, false);
        epoch = next;
        // A waiter that slept long may have created an epoch that was cleaned up long ago.
        leading = end().isEmpty();
        if (leading) {
            cleanUp();
        }
    }

    @Override
    public synchronized void verify() throws IOException {
        if (!leading) {
            throw new LeaseLostException("this compactor does not lead" + leader());
        }
        String end = end();
        if (!end.isEmpty()) {
            leading = false;
            throw new LeaseLostException("epoch %d ended: %s".formatted(epoch, end));
        }
    }

    private String leader() {
        return observedEpoch < 0 ? "" : ": epoch " + observedEpoch + " belongs to " + observedHolder;
    }

    @Override
    public synchronized void release() throws IOException {
        if (leading) {
            leading = false;
            renewal++;
            writeLease(epoch, true);
        }
    }

    @Override
    public synchronized boolean isLeading() {
        return leading;
    }

    @Override
    public synchronized long epoch() {
        return epoch;
    }

    @Override
    public synchronized String observedHolder() {
        return leading ? holder : observedHolder;
    }

    private record Lease(String holder, boolean released, String version) {}

    /// The epoch's own object stands in where its leader died before it wrote a lease.
    private @Nullable Lease readLease(long number) throws IOException {
        for (String folder : List.of(LEASES, EPOCHS)) {
            try {
                String text = new String(bucket.readAll(key(folder, number)), StandardCharsets.UTF_8);
                var lease = Json.parseObject(text);
                return new Lease(String.valueOf(lease.get("holder")), Boolean.TRUE.equals(lease.get("released")), text);
            } catch (ObjectNotFoundException notWritten) {
                // Look at the next folder.
            } catch (JsonException unreadable) {
                return new Lease("unknown", false, "unreadable");
            }
        }
        return null;
    }

    private void writeLease(long number, boolean released) throws IOException {
        var lease = new LinkedHashMap<String, Object>();
        lease.put("holder", holder);
        lease.put("renewal", renewal);
        lease.put("released", released);
        bucket.put(key(LEASES, number), json(lease), Bucket.Precondition.NONE);
    }

    private static byte[] json(Map<String, ?> object) {
        return JsonWriter.compact(object).getBytes(StandardCharsets.UTF_8);
    }

    private long highestEpoch() throws IOException {
        long[] highest = {0};
        bucket.list(EPOCHS, object -> highest[0] = Math.max(highest[0], number(object, EPOCHS)));
        return highest[0];
    }

    private void cleanUp() throws IOException {
        var old = new ArrayList<String>();
        bucket.list(PREFIX, object -> {
            String folder = object.key().startsWith(EPOCHS) ? EPOCHS : LEASES;
            long number = number(object, folder);
            if (number > 0 && number <= epoch - EPOCHS_KEPT) {
                old.add(object.key());
            }
        });
        for (String key : old) {
            bucket.delete(key);
        }
    }

    private static long number(ObjectInfo object, String folder) {
        String key = object.key();
        if (!key.startsWith(folder)) {
            return 0;
        }
        try {
            return Long.parseLong(key.substring(folder.length()));
        } catch (NumberFormatException foreign) {
            return 0;
        }
    }

    private static String key(String folder, long number) {
        return folder + "%020d".formatted(number);
    }
}
