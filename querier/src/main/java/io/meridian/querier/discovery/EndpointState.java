package io.meridian.querier.discovery;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.store.StoreClient;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.http.StoreStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of one endpoint. Immutable; each check makes a new one.
///
/// @param info        what it last said about itself, or null as long as it never answered
/// @param lastError   why the last check failed, or null
/// @param lastSuccess when it last answered, or when it was first seen
record EndpointState(
        EndpointSpec spec,
        String address,
        StoreClient client,
        @Nullable EndpointInfo info,
        @Nullable String lastError,
        Instant lastCheck,
        Instant lastSuccess) {
    /// An endpoint that never answered is taken for a store that has everything.
    private static final EndpointInfo UNKNOWN = new EndpointInfo(
            "store",
            List.of(),
            new EndpointInfo.StoreInfo(
                    TimeRange.ALL, List.of(new Coverage(Labels.empty(), TimeRange.ALL)), false, false, false),
            false);

    /// An endpoint that was removed has nothing any more.
    static final EndpointInfo NOTHING = new EndpointInfo("store", List.of(), null, false);

    EndpointState answered(EndpointInfo newInfo, Instant now) {
        return new EndpointState(spec, address, client, newInfo, null, now, now);
    }

    EndpointState failed(String error, Instant now) {
        return new EndpointState(spec, address, client, info, error, now, lastSuccess);
    }

    EndpointInfo effectiveInfo() {
        return info == null ? UNKNOWN : info;
    }

    boolean isHealthy() {
        return info != null && lastError == null;
    }

    /// Whether it takes part in queries: one that has no store does not. One that does not answer does, so that
    /// answers say what is missing.
    boolean isQueryable() {
        return (info != null || lastError != null) && effectiveInfo().store() != null;
    }

    /// Strict ones are tried even after a check that failed.
    private SeriesSource source(String name) {
        if (lastError == null || spec.strict()) {
            return client;
        }
        EndpointInfo.StoreInfo store = effectiveInfo().store();
        return new UnreachableSource(name, store == null ? List.of() : store.coverage(), lastError);
    }

    /// @param concern said in every answer it takes part in; or null
    Member member(@Nullable String concern) {
        EndpointInfo.StoreInfo store = effectiveInfo().store();
        TimeRange range = store == null ? TimeRange.ALL : store.range();
        List<Labels> labelSets = effectiveInfo().labelSets();
        String name = labelSets.isEmpty()
                ? "Store Gateway"
                : String.join(",", labelSets.stream().map(Labels::toString).toList());
        String description =
                "%s Addr: %s MinTime: %d MaxTime: %d".formatted(name, address, range.minMs(), range.maxMs());
        return new Member(source(description), address, description, concern);
    }

    StoreStatus status() {
        EndpointInfo.StoreInfo store = effectiveInfo().store();
        return new StoreStatus(
                address,
                effectiveInfo().component(),
                lastCheck,
                lastError,
                effectiveInfo().labelSets().stream().sorted().toList(),
                store == null ? TimeRange.ALL : store.range());
    }
}
