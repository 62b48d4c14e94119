package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merges overlapping downsampled chunks window by window: every window that a chunk has is kept. All aggregates of a
/// window come from one chunk, the one with the most samples in it; where two have as many, the one that the window
/// before came from, so that sources change seldom.
final class AggregateOverlap {
    private final long resolutionMs;

    /// @param resolutionMs width of the windows
    AggregateOverlap(long resolutionMs) {
        this.resolutionMs = resolutionMs;
    }

    /// A chunk on its way through its windows.
    private final class Cursor {
        final AggregateWindows windows;
        int at;

        Cursor(AggregateWindows windows) {
            this.windows = windows;
        }

        boolean isDone() {
            return at == windows.size;
        }

        /// Number of the window since the epoch.
        long number() {
            return Math.floorDiv(windows.times[at], resolutionMs);
        }

        double count() {
            return windows.counts[at];
        }
    }

    /// @param base the chunk that begins first
    /// @throws CorruptDataException if one of them is no downsampled chunk
    List<EncodedChunk> merge(EncodedChunk base, List<EncodedChunk> others) {
        if (resolutionMs == 0) {
            throw new CorruptDataException("chunk", base.minMs(), "downsampled chunks in a block of raw samples");
        }
        var waiting = new ArrayList<Cursor>();
        waiting.add(new Cursor(new AggregateWindows(base)));
        for (var other : others) {
            waiting.add(new Cursor(new AggregateWindows(other)));
        }
        waiting.removeIf(Cursor::isDone);
        waiting.sort(Comparator.comparingLong(Cursor::number));
        var encoder = new AggregateEncoder(resolutionMs);
        var active = new ArrayList<Cursor>();
        @Nullable Cursor last = null;
        @Nullable Cursor only = null;
        boolean changed = false;
        int next = 0;
        while (true) {
            active.removeIf(Cursor::isDone);
            long number = next < waiting.size() ? waiting.get(next).number() : Long.MAX_VALUE;
            for (var cursor : active) {
                number = Math.min(number, cursor.number());
            }
            while (next < waiting.size() && waiting.get(next).number() == number) {
                active.add(waiting.get(next++));
            }
            if (active.isEmpty()) {
                break;
            }
            Cursor best = best(active, number, last);
            encoder.add(best.windows, best.at);
            changed |= only != null && only != best;
            only = best;
            for (var cursor : active) {
                while (!cursor.isDone() && cursor.number() == number) {
                    cursor.at++;
                }
            }
            last = best;
        }
        var merged = encoder.finish();
        if (only != null && !changed && encoder.count() == only.windows.size) {
            return List.of(only.windows.chunk);
        }
        return merged;
    }

    private static Cursor best(List<Cursor> cursors, long number, @Nullable Cursor last) {
        @Nullable Cursor best = null;
        for (var cursor : cursors) {
            if (cursor.number() != number) {
                continue;
            }
            if (best == null || cursor.count() > best.count() || (cursor.count() == best.count() && cursor == last)) {
                best = cursor;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no chunk has window " + number);
        }
        return best;
    }
}
