package io.meridian.storegateway;

import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.SelectorRules;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/// Which blocks are served, and how they are found.
///
/// @param partition                times of blocks served; asked at every use, for it may slide
/// @param selector                 which external labels and ids are served
/// @param consistencyDelay         blocks younger than this wait, unless a compactor made them
/// @param ignoreDeletionMarksDelay marked blocks are served so long after the mark
/// @param concurrency              requests at once while finding and opening blocks
record CatalogSettings(
        Supplier<TimeRange> partition,
        SelectorRules selector,
        Duration consistencyDelay,
        Duration ignoreDeletionMarksDelay,
        int concurrency,
        InstantSource clock) {}
