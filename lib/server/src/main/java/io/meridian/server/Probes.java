package io.meridian.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Whether the process can answer. Each component of the process says so by name; the process is ready when at least
/// one component is known and all are ready, and it is not on its way out.
public final class Probes {
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /// The component can answer.
    public void ready(String component) {
        known.put(component, true);
        reasons.remove(component);
    }

    /// The component cannot answer, for this reason; also how a component makes itself known while it starts.
    public void notReady(String component, String reason) {
        reasons.put(component, reason);
        known.put(component, true);
    }

    /// From now on the process is unready, whatever its components say.
    public void stopping() {
        stopping = true;
    }

    public boolean isReady() {
        return !stopping && !known.isEmpty() && reasons.isEmpty();
    }

    /// Whether this one component can answer.
    public boolean isReady(String component) {
        return !stopping && known.containsKey(component) && !reasons.containsKey(component);
    }

    /// Why the process is not ready, for people; `""` if it is.
    public String reason() {
        if (stopping) {
            return "shutting down";
        }
        if (known.isEmpty()) {
            return "starting";
        }
        var text = new StringBuilder();
        new TreeMap<>(reasons)
                .forEach((component, reason) -> text.append(text.isEmpty() ? "" : "; ")
                        .append(component)
                        .append(": ")
                        .append(reason));
        return text.toString();
    }
}
