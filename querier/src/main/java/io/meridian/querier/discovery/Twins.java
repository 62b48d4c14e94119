package io.meridian.querier.discovery;

import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Finds sidecars that announce the same external labels: their series cannot be told apart, so answers mix the samples
/// of two servers.
final class Twins {
    private Twins() {}

    /// What is wrong, by address.
    static Map<String, String> find(Collection<EndpointState> states) {
        var byLabels = new TreeMap<Labels, List<String>>();
        states.stream()
                .filter(state ->
                        state.isHealthy() && state.effectiveInfo().component().equals("sidecar"))
                .sorted(Comparator.comparing(EndpointState::address))
                .forEach(state -> state.effectiveInfo()
                        .labelSets()
                        .forEach(labels -> byLabels.computeIfAbsent(labels, _ -> new ArrayList<>())
                                .add(state.address())));
        var twins = new TreeMap<String, String>();
        byLabels.forEach((labels, addresses) -> {
            if (addresses.size() > 1) {
                String concern = "sidecars " + String.join(" and ", addresses) + " have the same external labels "
                        + labels + ": their samples are mixed; give each Prometheus labels of its own";
                addresses.forEach(address -> twins.put(address, concern));
            }
        });
        return twins;
    }
}
