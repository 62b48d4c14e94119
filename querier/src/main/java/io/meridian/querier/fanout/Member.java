package io.meridian.querier.fanout;

import io.meridian.model.SeriesSource;

/// A source behind the fan-out, as the operator knows it.
///
/// @param address     `host:port`, which `storeMatch[]` is held against; empty for a source in this process
/// @param description how notices name it
public record Member(SeriesSource source, String address, String description) {
    /// A source in this process.
    public static Member local(SeriesSource source) {
        return new Member(source, "", source.name());
    }
}
