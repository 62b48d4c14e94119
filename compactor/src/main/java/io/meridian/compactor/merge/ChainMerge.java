package io.meridian.compactor.merge;

import io.meridian.model.chunk.ExactSamples;
import java.util.List;

/// Prometheus' merge of overlapping samples (`storage` chained iterator): every time once, in order. Of samples at the
/// same time it takes the one that its heap brings up, and stays with a source as long as that is ahead of the rest.
final class ChainMerge {
    private ChainMerge() {}

    private static final class Cursor {
        final ExactSamples samples;
        int at = -1;

        Cursor(ExactSamples samples) {
            this.samples = samples;
        }

        boolean next() {
            return ++at < samples.size();
        }

        long timeMs() {
            return samples.time(at);
        }
    }

    static void merge(List<ExactSamples> sources, SampleSink sink) {
        var heap = new OrderedHeap<Cursor>((a, b) -> Long.compare(a.timeMs(), b.timeMs()));
        var current = new Cursor(sources.getFirst());
        for (var source : sources.subList(1, sources.size())) {
            var cursor = new Cursor(source);
            if (cursor.next()) {
                heap.push(cursor);
            }
        }
        long lastMs = Long.MIN_VALUE;
        boolean changed = true;
        while (true) {
            if (current.next()) {
                long timeMs = current.timeMs();
                if (timeMs == lastMs) {
                    continue;
                }
                if (!heap.isEmpty() && timeMs >= heap.peek().timeMs()) {
                    heap.push(current);
                    current = heap.pop();
                    changed = true;
                    if (current.timeMs() == lastMs) {
                        continue;
                    }
                }
            } else {
                if (heap.isEmpty()) {
                    return;
                }
                current = heap.pop();
                changed = true;
                if (current.timeMs() == lastMs) {
                    continue;
                }
            }
            lastMs = current.timeMs();
            sink.accept(current.samples, current.at, !changed);
            changed = false;
        }
    }
}
