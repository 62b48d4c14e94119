package io.meridian.compactor.merge;

import io.meridian.model.chunk.ExactSamples;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Thanos' `penalty` merge of the chunks of replicas: it stays with a source as long as that has no gap, and keeps the
/// other away for twice the last interval. Several sources are folded from the left. Counters are not adjusted.
final class PenaltyMerge {
    private static final long PENALTY_FIRST_MS = 5_000;

    private PenaltyMerge() {}

    /// A cursor that only goes forward.
    private sealed interface Cursor permits Leaf, Pair {
        boolean next();

        /// Moves to the first sample at or after `timeMs`; does nothing if it stands there already.
        boolean seek(long timeMs);

        long timeMs();

        Leaf leaf();
    }

    private static final class Leaf implements Cursor {
        final ExactSamples samples;
        int at = -1;

        Leaf(ExactSamples samples) {
            this.samples = samples;
        }

        @Override
        public boolean next() {
            return ++at < samples.size();
        }

        @Override
        public boolean seek(long timeMs) {
            if (at < 0) {
                at = 0;
            }
            while (at < samples.size() && samples.time(at) < timeMs) {
                at++;
            }
            return at < samples.size();
        }

        @Override
        public long timeMs() {
            return samples.time(at);
        }

        @Override
        public Leaf leaf() {
            return this;
        }
    }

    private static final class Pair implements Cursor {
        private final Cursor a;
        private final Cursor b;
        private boolean hasA;
        private boolean hasB;
        private boolean useA = true;
        private long lastMs = Long.MIN_VALUE;
        private long penaltyA;
        private long penaltyB;

        Pair(Cursor a, Cursor b) {
            this.a = a;
            this.b = b;
            hasA = a.next();
            hasB = b.next();
        }

        @Override
        public boolean next() {
            // From the very first sample on the sum would overflow: nothing is before it anyway.
            hasA = hasA && (lastMs == Long.MIN_VALUE || a.seek(lastMs + 1 + penaltyA));
            hasB = hasB && (lastMs == Long.MIN_VALUE || b.seek(lastMs + 1 + penaltyB));
            if (!hasA) {
                useA = false;
                if (hasB) {
                    lastMs = b.timeMs();
                    penaltyB = 0;
                }
                return hasB;
            }
            if (!hasB) {
                useA = true;
                lastMs = a.timeMs();
                penaltyA = 0;
                return true;
            }
            useA = a.timeMs() <= b.timeMs();
            long timeMs = useA ? a.timeMs() : b.timeMs();
            long penalty = lastMs == Long.MIN_VALUE ? PENALTY_FIRST_MS : 2 * (timeMs - lastMs);
            penaltyA = useA ? 0 : penalty;
            penaltyB = useA ? penalty : 0;
            lastMs = timeMs;
            return true;
        }

        @Override
        public boolean seek(long timeMs) {
            while (timeMs() < timeMs) {
                if (!next()) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public long timeMs() {
            return useA ? a.timeMs() : b.timeMs();
        }

        @Override
        public Leaf leaf() {
            return useA ? a.leaf() : b.leaf();
        }
    }

    /// @param sources in the order of the fold; all of one kind
    static void merge(List<ExactSamples> sources, SampleSink sink) {
        Cursor cursor = new Leaf(sources.getFirst());
        for (var source : sources.subList(1, sources.size())) {
            cursor = new Pair(cursor, new Leaf(source));
        }
        @Nullable Leaf previous = null;
        int previousAt = -1;
        while (cursor.next()) {
            Leaf leaf = cursor.leaf();
            sink.accept(leaf.samples, leaf.at, leaf == previous && leaf.at == previousAt + 1);
            previous = leaf;
            previousAt = leaf.at;
        }
    }
}
