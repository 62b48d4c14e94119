package io.meridian.querier.http;

import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of one endpoint, for `/api/v1/stores`.
///
/// @param name      its address, or what it is called where it is part of this process
/// @param type      `sidecar`, `store`, `query`, …
/// @param lastCheck when it was last asked
/// @param lastError why it did not answer then, or null
public record StoreStatus(
        String name,
        String type,
        Instant lastCheck,
        @Nullable String lastError,
        List<Labels> labelSets,
        TimeRange range) {
    public StoreStatus {
        labelSets = List.copyOf(labelSets);
    }
}
