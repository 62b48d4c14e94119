package io.meridian.compactor.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A binary heap whose order among equals is that of Go's `container/heap`. Which of two equal chunks or samples comes
/// first decides what a merged block holds, so the order is part of the format.
final class OrderedHeap<T> {
    private final List<T> items = new ArrayList<>();
    private final Comparator<? super T> order;

    OrderedHeap(Comparator<? super T> order) {
        this.order = order;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    void clear() {
        items.clear();
    }

    T peek() {
        return items.getFirst();
    }

    void push(T item) {
        items.add(item);
        int child = items.size() - 1;
        while (child > 0) {
            int parent = (child - 1) / 2;
            if (!less(child, parent)) {
                break;
            }
            swap(parent, child);
            child = parent;
        }
    }

    /// Swaps the top with the last, sinks what came up, and takes the last.
    T pop() {
        int last = items.size() - 1;
        swap(0, last);
        int at = 0;
        while (2 * at + 1 < last) {
            int child = 2 * at + 1;
            if (child + 1 < last && less(child + 1, child)) {
                child++;
            }
            if (!less(child, at)) {
                break;
            }
            swap(at, child);
            at = child;
        }
        return items.removeLast();
    }

    private boolean less(int a, int b) {
        return order.compare(items.get(a), items.get(b)) < 0;
    }

    private void swap(int a, int b) {
        T item = items.get(a);
        items.set(a, items.get(b));
        items.set(b, item);
    }
}
