package io.meridian.compactor;

import io.meridian.compactor.lease.Term;
import io.meridian.tsdb.block.BlockStore;
import java.nio.file.Path;
import java.time.InstantSource;

/// What the work on all streams shares in one pass.
///
/// @param term    the leadership that every commit and deletion needs
/// @param scratch a directory for each work in progress lies below it
record Workplace(
        BlockStore store,
        CompactorOptions options,
        Term term,
        Quarantine quarantine,
        CompactorStatus status,
        ExpiredShare expired,
        Path scratch,
        InstantSource clock) {}
