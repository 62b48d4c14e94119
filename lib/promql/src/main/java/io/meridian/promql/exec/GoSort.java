package io.meridian.promql.exec;

/// Sorts as Go's `sort.Sort` does, so that elements that compare as equal (and NaNs, which do not compare) come out in
/// the same order.
final class GoSort {
    private static final int INSERTION_MAX = 12;
    private static final int NINTHER_MIN = 50;
    private static final int SWAPS_MAX = 12;
    private static final int REPAIRS_MAX = 5;

    /// Whether element `a` must come before element `b`; need not be consistent.
    interface Less {
        boolean test(int a, int b);
    }

    private final int[] items;
    private final Less less;
    private int swaps;

    private GoSort(int[] items, Less less) {
        this.items = items;
        this.less = less;
    }

    /// Sorts the first `count` items.
    static void sort(int[] items, int count, Less less) {
        new GoSort(items, less).patternDefeating(0, count, 32 - Integer.numberOfLeadingZeros(count));
    }

    private boolean less(int i, int j) {
        return less.test(items[i], items[j]);
    }

    private void swap(int i, int j) {
        int held = items[i];
        items[i] = items[j];
        items[j] = held;
    }

    private void insertion(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            for (int j = i; j > from && less(j, j - 1); j--) {
                swap(j, j - 1);
            }
        }
    }

    private void siftDown(int root, int count, int first) {
        int parent = root;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= count) {
                return;
            }
            if (child + 1 < count && less(first + child, first + child + 1)) {
                child++;
            }
            if (!less(first + parent, first + child)) {
                return;
            }
            swap(first + parent, first + child);
            parent = child;
        }
    }

    private void heap(int from, int to) {
        int count = to - from;
        for (int i = (count - 1) / 2; i >= 0; i--) {
            siftDown(i, count, from);
        }
        for (int i = count - 1; i >= 0; i--) {
            swap(from, from + i);
            siftDown(0, i, from);
        }
    }

    private enum Order {
        UNKNOWN,
        ASCENDING,
        DESCENDING
    }

    private void patternDefeating(int start, int end, int badAllowed) {
        int from = start;
        int to = end;
        int limit = badAllowed;
        boolean balanced = true;
        boolean partitioned = true;
        while (true) {
            int length = to - from;
            if (length <= INSERTION_MAX) {
                insertion(from, to);
                return;
            }
            if (limit == 0) {
                heap(from, to);
                return;
            }
            if (!balanced) {
                breakPatterns(from, to);
                limit--;
            }
            int pivot = choosePivot(from, to);
            Order hint = swaps == 0 ? Order.ASCENDING : swaps == SWAPS_MAX ? Order.DESCENDING : Order.UNKNOWN;
            if (swaps == SWAPS_MAX) {
                reverse(from, to);
                pivot = (to - 1) - (pivot - from);
                hint = Order.ASCENDING;
            }
            if (balanced && partitioned && hint == Order.ASCENDING && partialInsertion(from, to)) {
                return;
            }
            if (from > 0 && !less(from - 1, pivot)) {
                from = partitionEqual(from, to, pivot);
                continue;
            }
            int middle = partition(from, to, pivot);
            int left = middle - from;
            int right = to - middle;
            int least = length / 8;
            if (left < right) {
                balanced = left >= least;
                patternDefeating(from, middle, limit);
                from = middle + 1;
            } else {
                balanced = right >= least;
                patternDefeating(middle + 1, to, limit);
                to = middle;
            }
            partitioned = alreadyPartitioned;
        }
    }

    private boolean alreadyPartitioned;

    /// Smaller ones before the pivot's final place, which is returned, the others after it.
    private int partition(int from, int to, int pivot) {
        swap(from, pivot);
        int i = from + 1;
        int j = to - 1;
        while (i <= j && less(i, from)) {
            i++;
        }
        while (i <= j && !less(j, from)) {
            j--;
        }
        if (i > j) {
            swap(j, from);
            alreadyPartitioned = true;
            return j;
        }
        swap(i, j);
        i++;
        j--;
        while (true) {
            while (i <= j && less(i, from)) {
                i++;
            }
            while (i <= j && !less(j, from)) {
                j--;
            }
            if (i > j) {
                break;
            }
            swap(i, j);
            i++;
            j--;
        }
        swap(j, from);
        alreadyPartitioned = false;
        return j;
    }

    /// Those equal to the pivot first; returns where the larger ones begin.
    private int partitionEqual(int from, int to, int pivot) {
        swap(from, pivot);
        int i = from + 1;
        int j = to - 1;
        while (true) {
            while (i <= j && !less(from, i)) {
                i++;
            }
            while (i <= j && less(from, j)) {
                j--;
            }
            if (i > j) {
                return i;
            }
            swap(i, j);
            i++;
            j--;
        }
    }

    private boolean partialInsertion(int from, int to) {
        int i = from + 1;
        for (int repair = 0; repair < REPAIRS_MAX; repair++) {
            while (i < to && !less(i, i - 1)) {
                i++;
            }
            if (i == to) {
                return true;
            }
            if (to - from < NINTHER_MIN) {
                return false;
            }
            swap(i, i - 1);
            if (i - from >= 2) {
                for (int j = i - 1; j >= 1; j--) {
                    if (!less(j, j - 1)) {
                        break;
                    }
                    swap(j, j - 1);
                }
            }
            if (to - i >= 2) {
                for (int j = i + 1; j < to; j++) {
                    if (!less(j, j - 1)) {
                        break;
                    }
                    swap(j, j - 1);
                }
            }
        }
        return false;
    }

    private void breakPatterns(int from, int to) {
        int length = to - from;
        if (length < 8) {
            return;
        }
        long random = length;
        int mask = (1 << (32 - Integer.numberOfLeadingZeros(length))) - 1;
        int index = from + (length / 4) * 2 - 1;
        for (int i = 0; i < 3; i++) {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
            int other = (int) (random & mask);
            if (other >= length) {
                other -= length;
            }
            swap(index - 1 + i, from + other);
        }
    }

    private int choosePivot(int from, int to) {
        int length = to - from;
        swaps = 0;
        int i = from + length / 4;
        int j = from + length / 4 * 2;
        int k = from + length / 4 * 3;
        if (length >= 8) {
            if (length >= NINTHER_MIN) {
                i = median(i - 1, i, i + 1);
                j = median(j - 1, j, j + 1);
                k = median(k - 1, k, k + 1);
            }
            j = median(i, j, k);
        }
        return j;
    }

    private int median(int first, int second, int third) {
        int a = first;
        int b = second;
        int c = third;
        if (less(b, a)) {
            swaps++;
            int held = a;
            a = b;
            b = held;
        }
        if (less(c, b)) {
            swaps++;
            int held = b;
            b = c;
            c = held;
        }
        if (less(b, a)) {
            swaps++;
            b = a;
        }
        return b;
    }

    private void reverse(int from, int to) {
        int i = from;
        int j = to - 1;
        while (i < j) {
            swap(i++, j--);
        }
    }
}
