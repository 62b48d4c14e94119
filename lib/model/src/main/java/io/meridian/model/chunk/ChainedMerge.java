package io.meridian.model.chunk;

/// The order in which Prometheus reads several series as one: each time once, and of equal times the sample of the
/// source that control passes to. It starts with the first source, the others wait in a heap; whenever the heap's top
/// is not later than the current source's next sample, they change places.
///
/// Works on times only; the caller copies the samples named by [#source] and [#index].
public final class ChainedMerge {
    private final long[][] times;
    private final int[] counts;
    private final int[] positions;
    private final int[] heap;
    private int heapSize;
    private int current;
    private boolean started;
    private boolean consecutive;
    private long last = Long.MIN_VALUE;

    /// @param times  of each source, ascending
    /// @param counts how many of them there are
    public ChainedMerge(long[][] times, int[] counts) {
        this.times = times.clone();
        this.counts = counts.clone();
        positions = new int[counts.length];
        heap = new int[counts.length];
    }

    /// Moves to the next sample; false at the end.
    public boolean next() {
        boolean changed = false;
        if (!started) {
            started = true;
            changed = true;
            positions[0] = -1;
            for (int source = 1; source < counts.length; source++) {
                if (counts[source] > 0) {
                    push(source);
                }
            }
        }
        while (true) {
            if (++positions[current] >= counts[current]) {
                if (heapSize == 0) {
                    positions[current] = counts[current];
                    return false;
                }
            } else {
                long time = time(current);
                if (time == last) {
                    continue;
                }
                if (heapSize == 0 || time < time(heap[0])) {
                    break;
                }
                push(current);
            }
            current = pop();
            changed = true;
            if (time(current) != last) {
                break;
            }
        }
        consecutive = !changed;
        last = time(current);
        return true;
    }

    /// Where the sample comes from.
    public int source() {
        return current;
    }

    /// Its index there.
    public int index() {
        return positions[current];
    }

    /// Whether the sample before came from the same source: if not, nothing is known of counter resets between them.
    public boolean isConsecutive() {
        return consecutive;
    }

    private long time(int source) {
        return times[source][positions[source]];
    }

    // The order among equal times is that of Go's container/heap, so its sifting is followed exactly.

    private void push(int source) {
        int at = heapSize++;
        heap[at] = source;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (time(heap[at]) >= time(heap[parent])) {
                return;
            }
            swap(at, parent);
            at = parent;
        }
    }

    private int pop() {
        int top = heap[0];
        heap[0] = heap[--heapSize];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= heapSize) {
                return top;
            }
            if (child + 1 < heapSize && time(heap[child + 1]) < time(heap[child])) {
                child++;
            }
            if (time(heap[child]) >= time(heap[at])) {
                return top;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int a, int b) {
        int source = heap[a];
        heap[a] = heap[b];
        heap[b] = source;
    }
}
