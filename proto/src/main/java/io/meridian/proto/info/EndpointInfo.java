package io.meridian.proto.info;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an endpoint says about itself.
///
/// @param component    `sidecar`, `store`, `query`, `rule`, `receive`, …
/// @param labelSets    external labels of all its data
/// @param store        null if it serves no StoreAPI
/// @param hasQueryApi  whether it serves `thanos.Query`
public record EndpointInfo(
        String component, List<Labels> labelSets, @Nullable StoreInfo store, boolean hasQueryApi) {
    /// @param range                 time of all its data
    /// @param coverage              time per label set, where it tells
    /// @param supportsSharding      whether it filters by shard
    /// @param supportsReplicaLabels whether it drops replica labels on request
    /// @param sorted                whether its streams are always sorted (Meridian's are)
    public record StoreInfo(
            TimeRange range,
            List<Coverage> coverage,
            boolean supportsSharding,
            boolean supportsReplicaLabels,
            boolean sorted) {
        public StoreInfo {
            coverage = List.copyOf(coverage);
        }
    }

    public EndpointInfo {
        labelSets = List.copyOf(labelSets);
    }

    /// An endpoint of ours that serves these data.
    public static EndpointInfo of(String component, List<Coverage> data) {
        return new EndpointInfo(
                component,
                Coverage.labelSets(data),
                new StoreInfo(Coverage.range(data), data, true, true, true),
                false);
    }

    /// Label sets and times for choosing endpoints: per label set where the endpoint tells, else all label sets with
    /// the whole range.
    public List<Coverage> coverage() {
        if (store == null) {
            return List.of();
        }
        if (!store.coverage().isEmpty()) {
            return store.coverage();
        }
        if (labelSets.isEmpty()) {
            return List.of(new Coverage(Labels.empty(), store.range()));
        }
        return labelSets.stream()
                .map(labels -> new Coverage(labels, store.range()))
                .toList();
    }
}
