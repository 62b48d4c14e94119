package io.meridian.compactor.lease;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A leadership kept in a Kubernetes `Lease`. Every change names the `resourceVersion` that it was made from, so that
/// of two writers one fails; the fencing token is `leaseTransitions`, which each take-over raises. A waiter takes over
/// when the lease has not changed for its duration *on the waiter's own clock*; times written by others are for people.
public final class KubernetesLease implements Leadership {
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesApi api;
    private final String holder;
    private final Duration duration;
    private final LongSupplier clockMs;
    private final InstantSource wallClock;

    private long epoch;
    /// Of such an attempt only the answer may have been lost.
    private boolean attempted;
    private boolean leading;
    private @Nullable Map<String, @Nullable Object> own;
    private String observedVersion = "";
    private long observedAtMs;
    private String observedHolder = "";

    /// @param holder   survives restarts of the same data directory: such a restart re-enters at once
    /// @param duration after which a lease that is not renewed is free
    /// @param clockMs  monotonic, milliseconds
    public KubernetesLease(
            KubernetesApi api, String holder, Duration duration, LongSupplier clockMs, InstantSource wallClock) {
        this.api = api;
        this.holder = holder;
        this.duration = duration;
        this.clockMs = clockMs;
        this.wallClock = wallClock;
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
        var lease = own;
        if (lease == null) {
            leading = false;
            return;
        }
        try {
            own = api.replace(with(lease, renewed(spec(lease), holder)));
        } catch (KubernetesApi.ConflictException e) {
            // Perhaps only the answer to an earlier renewal was lost.
            lease = api.get();
            if (lease == null || !isOwn(lease)) {
                leading = false;
                observedVersion = "";
                return;
            }
            own = api.replace(with(lease, renewed(spec(lease), holder)));
        }
    }

    private void observe() throws IOException {
        var lease = api.get();
        try {
            if (lease == null) {
                taken(api.create(taking(epoch)));
                return;
            }
            if (!version(lease).equals(observedVersion)) {
                observedVersion = version(lease);
                observedAtMs = clockMs.getAsLong();
            }
            observedHolder = holderOf(lease);
            // One that led already was replaced by a copy of its data directory: the two would take turns for ever.
            boolean isOwn = observedHolder.equals(holder) && (epoch == 0 || attempted);
            if (isOwn || observedHolder.isEmpty() || clockMs.getAsLong() - observedAtMs >= duration.toMillis()) {
                attempted = true;
                taken(api.replace(with(lease, taking(Math.max(epoch, transitions(lease))))));
            }
        } catch (KubernetesApi.ConflictException somebodyWasFaster) {
            attempted = false;
            observedVersion = "";
        }
    }

    private void taken(Map<String, @Nullable Object> lease) {
        own = lease;
        epoch = transitions(lease);
        leading = true;
        attempted = false;
    }

    @Override
    public synchronized void verify() throws IOException {
        if (!leading) {
            throw new LeaseLostException("this compactor does not lead"
                    + (observedHolder.isEmpty() ? "" : ": the lease belongs to " + observedHolder));
        }
        var lease = api.get();
        if (lease == null || !isOwn(lease)) {
            leading = false;
            throw new LeaseLostException("epoch %d ended: %s"
                    .formatted(
                            epoch,
                            lease == null
                                    ? "the lease was deleted"
                                    : "another compactor leads with epoch " + transitions(lease)));
        }
    }

    private boolean isOwn(Map<String, @Nullable Object> lease) {
        return holderOf(lease).equals(holder) && transitions(lease) == epoch;
    }

    @Override
    public synchronized void release() throws IOException {
        var lease = own;
        if (leading && lease != null) {
            leading = false;
            try {
                api.replace(with(lease, renewed(spec(lease), "")));
            } catch (KubernetesApi.ConflictException alreadyAnothers) {
                observedVersion = "";
            }
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

    private Map<String, @Nullable Object> taking(long transitionsBefore) {
        var spec = new LinkedHashMap<String, @Nullable Object>();
        spec.put("acquireTime", now());
        spec.put("leaseTransitions", transitionsBefore + 1);
        return renewed(spec, holder);
    }

    private Map<String, @Nullable Object> renewed(Map<String, @Nullable Object> spec, String newHolder) {
        var renewed = new LinkedHashMap<String, @Nullable Object>(spec);
        renewed.put("holderIdentity", newHolder);
        renewed.put("leaseDurationSeconds", duration.toSeconds());
        renewed.put("renewTime", now());
        return renewed;
    }

    private String now() {
        Instant now = wallClock.instant();
        return MICRO_TIME.format(now);
    }

    private static Map<String, @Nullable Object> with(
            Map<String, @Nullable Object> lease, Map<String, @Nullable Object> spec) {
        var changed = new LinkedHashMap<String, @Nullable Object>(lease);
        changed.put("spec", spec);
        return changed;
    }

    private static Map<String, @Nullable Object> spec(Map<String, @Nullable Object> lease) {
        return member(lease, "spec");
    }

    private static String version(Map<String, @Nullable Object> lease) {
        return String.valueOf(member(lease, "metadata").get("resourceVersion"));
    }

    private static String holderOf(Map<String, @Nullable Object> lease) {
        Object name = spec(lease).get("holderIdentity");
        return name == null ? "" : name.toString();
    }

    private static long transitions(Map<String, @Nullable Object> lease) {
        return spec(lease).get("leaseTransitions") instanceof Number number ? number.longValue() : 0;
    }

    private static Map<String, @Nullable Object> member(Map<String, @Nullable Object> lease, String name) {
        var member = new LinkedHashMap<String, @Nullable Object>();
        if (lease.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> member.put(String.valueOf(key), value));
        }
        return member;
    }
}
