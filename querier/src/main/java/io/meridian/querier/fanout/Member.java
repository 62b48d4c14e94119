package io.meridian.querier.fanout;

import io.meridian.model.SeriesSource;
import org.jspecify.annotations.Nullable;

/// A source behind the fan-out, as the operator knows it.
///
/// @param address     `host:port`, which `storeMatch[]` is held against; empty for a source in this process
/// @param description how notices name it
/// @param concern     what its answers cannot be trusted for, said in every answer it takes part in; or null
public record Member(
        SeriesSource source,
        String address,
        String description,
        @Nullable String concern) {
    /// One without concerns.
    public Member(SeriesSource source, String address, String description) {
        this(source, address, description, null);
    }

    /// A source in this process.
    public static Member local(SeriesSource source) {
        return new Member(source, "", source.name());
    }
}
