package io.meridian.promql.exec;

import io.meridian.model.Labels;
import java.util.Arrays;
import java.util.Set;

/// Numbers label sets that are alike in some of their labels, in the order in which they first come. The labels of a
/// number are made only when they are asked for.
final class LabelKeys {
    private static final int PLACES_FIRST = 16;

    private final Set<String> names;
    private final boolean without;

    /// Numbers by place, from 1 on; 0 where there is none.
    private int[] places = new int[PLACES_FIRST];

    private int[] hashes = new int[PLACES_FIRST / 2];
    private Labels[] first = new Labels[PLACES_FIRST / 2];
    private int size;

    /// @param without whether the named labels are those that do not count, else those that do
    LabelKeys(Set<String> names, boolean without) {
        this.names = names;
        this.without = without;
    }

    int size() {
        return size;
    }

    /// What the sets of a number have in common.
    Labels labels(int number) {
        return without ? first[number].without(names) : first[number].only(names);
    }

    int number(Labels labels) {
        int hash = hash(labels);
        int place = place(hash);
        while (places[place] != 0) {
            int known = places[place] - 1;
            if (hashes[known] == hash && alike(first[known], labels)) {
                return known;
            }
            place = place + 1 & places.length - 1;
        }
        if (size == first.length) {
            grow();
            place = place(hash);
            while (places[place] != 0) {
                place = place + 1 & places.length - 1;
            }
        }
        first[size] = labels;
        hashes[size] = hash;
        places[place] = ++size;
        return size - 1;
    }

    private int place(int hash) {
        return (hash ^ hash >>> 16) & places.length - 1;
    }

    private void grow() {
        first = Arrays.copyOf(first, 2 * size);
        hashes = Arrays.copyOf(hashes, 2 * size);
        places = new int[4 * size];
        for (int i = 0; i < size; i++) {
            int place = place(hashes[i]);
            while (places[place] != 0) {
                place = place + 1 & places.length - 1;
            }
            places[place] = i + 1;
        }
    }

    private boolean counts(String name) {
        return names.contains(name) != without;
    }

    private int hash(Labels labels) {
        int hash = 0;
        for (int i = 0; i < labels.size(); i++) {
            String name = labels.name(i);
            if (counts(name)) {
                hash = 31 * (31 * hash + name.hashCode()) + labels.value(i).hashCode();
            }
        }
        return hash * 0x9E3779B9;
    }

    private boolean alike(Labels a, Labels b) {
        int i = next(a, 0);
        int j = next(b, 0);
        while (i < a.size() && j < b.size()) {
            if (!a.name(i).equals(b.name(j)) || !a.value(i).equals(b.value(j))) {
                return false;
            }
            i = next(a, i + 1);
            j = next(b, j + 1);
        }
        return i == a.size() && j == b.size();
    }

    private int next(Labels labels, int from) {
        int i = from;
        while (i < labels.size() && !counts(labels.name(i))) {
            i++;
        }
        return i;
    }
}
