package io.meridian.compactor;

import io.meridian.compactor.lease.Leadership;
import io.meridian.tsdb.block.BlockStore;
import java.nio.file.Path;
import java.time.InstantSource;

/// What the work on all streams shares.
///
/// @param scratch a directory for each work in progress lies below it
record Workplace(
        BlockStore store,
        CompactorOptions options,
        Leadership lease,
        Quarantine quarantine,
        CompactorStatus status,
        ExpiredShare expired,
        Path scratch,
        InstantSource clock) {}
