package io.meridian.promql.script;

import io.meridian.model.SeriesSource;
import java.util.List;

/// Makes loaded series readable: in memory, as a block, behind a server. A source that is [AutoCloseable] is closed
/// when it is used no more.
@FunctionalInterface
public interface SourceFactory {
    /// @param series sorted by labels, each label set once
    SeriesSource open(List<LoadedSeries> series);
}
