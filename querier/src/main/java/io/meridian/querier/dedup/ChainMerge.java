package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;
import java.util.List;

/// Every distinct time of several lanes once, in order.
///
/// Where lanes have the same time, the one is taken that Prometheus' chained merge takes (`storage/merge.go`): the
/// current lane gives way to the top of a binary heap whenever that is not later. The heap is laid out as Go's
/// `container/heap` does it, since ties are decided by its layout.
final class ChainMerge {
    private final List<SampleBuffer> lanes;
    private final int[] positions;
    private final int[] heap;
    private int heapSize;

    private ChainMerge(List<SampleBuffer> lanes) {
        this.lanes = lanes;
        this.positions = new int[lanes.size()];
        this.heap = new int[lanes.size()];
    }

    /// Appends the union of the lanes to `target`.
    static void merge(List<SampleBuffer> lanes, SampleBuffer target) {
        if (!lanes.isEmpty()) {
            new ChainMerge(lanes).run(target);
        }
    }

    private void run(SampleBuffer target) {
        for (int lane = 1; lane < lanes.size(); lane++) {
            if (lanes.get(lane).size() > 0) {
                push(lane);
            }
        }
        int current = 0;
        positions[0] = -1;
        boolean switched = false;
        long last = Long.MIN_VALUE;
        while (true) {
            if (++positions[current] < lanes.get(current).size()) {
                long time = time(current);
                if (time == last) {
                    continue;
                }
                if (heapSize > 0 && time >= time(heap[0])) {
                    push(current);
                    current = pop();
                    switched = true;
                }
            } else if (heapSize == 0) {
                return;
            } else {
                current = pop();
                switched = true;
            }
            if (time(current) != last) {
                last = time(current);
                target.append(lanes.get(current), positions[current]);
                if (switched) {
                    SampleCopy.forgetReset(target);
                    switched = false;
                }
            }
        }
    }

    private long time(int lane) {
        return lanes.get(lane).times()[positions[lane]];
    }

    private void push(int lane) {
        int child = heapSize++;
        heap[child] = lane;
        while (child > 0) {
            int parent = (child - 1) / 2;
            if (time(heap[child]) >= time(heap[parent])) {
                return;
            }
            swap(child, parent);
            child = parent;
        }
    }

    private int pop() {
        swap(0, --heapSize);
        int parent = 0;
        while (2 * parent + 1 < heapSize) {
            int child = 2 * parent + 1;
            if (child + 1 < heapSize && time(heap[child + 1]) < time(heap[child])) {
                child++;
            }
            if (time(heap[child]) >= time(heap[parent])) {
                break;
            }
            swap(child, parent);
            parent = child;
        }
        return heap[heapSize];
    }

    private void swap(int i, int j) {
        int lane = heap[i];
        heap[i] = heap[j];
        heap[j] = lane;
    }
}
