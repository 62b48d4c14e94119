package io.meridian.tsdb.index;

import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.TreeMap;

/// The symbols of several indexes as one ascending sequence, each once; and, once that was read to its end, the number
/// in it of each index's own symbols, so that labels of several blocks are compared and written as numbers.
///
/// Tables with equal content, as blocks of one stream often have, count as one. Memory is 4 bytes for each symbol of
/// each other table.
public final class SymbolUnion implements Iterable<String> {
    private final List<SymbolTable> tables = new ArrayList<>();
    private final List<int[]> numbers = new ArrayList<>();
    /// Of tables whose references are offsets: those, ascending; empty for the others.
    private final List<long[]> offsets = new ArrayList<>();

    private final int[] tableOfSource;
    private int emptyNumber = -1;
    private boolean isRead;

    /// @param sources of indexes that stay open as long as this is used
    public SymbolUnion(List<SymbolTable> sources) {
        tableOfSource = new int[sources.size()];
        for (int i = 0; i < tableOfSource.length; i++) {
            tableOfSource[i] = add(sources.get(i));
        }
    }

    private int add(SymbolTable table) {
        for (int i = 0; i < tables.size(); i++) {
            if (tables.get(i).hasSameContent(table)) {
                return i;
            }
        }
        tables.add(table);
        numbers.add(new int[table.size()]);
        offsets.add(new long[table.isByOffset() ? table.size() : 0]);
        return tables.size() - 1;
    }

    /// Bytes in the heap.
    public long retainedBytes() {
        long bytes = 0;
        for (int i = 0; i < tables.size(); i++) {
            bytes += 4L * numbers.get(i).length + 8L * offsets.get(i).length;
        }
        return bytes;
    }

    /// The next symbol of one table.
    private static final class Head implements Comparable<Head> {
        final SymbolTable.Walk walk;
        final int[] numbers;
        final long[] offsets;

        Head(SymbolTable.Walk walk, int[] numbers, long[] offsets) {
            this.walk = walk;
            this.numbers = numbers;
            this.offsets = offsets;
        }

        void set(int number) {
            numbers[walk.number()] = number;
            if (offsets.length > 0) {
                offsets[walk.number()] = walk.fileOffset();
            }
        }

        @Override
        public int compareTo(Head other) {
            return walk.compareTo(other.walk);
        }
    }

    @Override
    public Iterator<String> iterator() {
        // those of the symbol that comes next, and the others
        var current = new ArrayList<Head>();
        var others = new PriorityQueue<Head>();
        for (int i = 0; i < tables.size(); i++) {
            current.add(new Head(tables.get(i).walk(), numbers.get(i), offsets.get(i)));
        }
        advance(current, others);
        return new Iterator<>() {
            private int number;

            @Override
            public boolean hasNext() {
                isRead |= current.isEmpty();
                return !current.isEmpty();
            }

            @Override
            public String next() {
                if (current.isEmpty()) {
                    throw new NoSuchElementException();
                }
                String symbol = current.getFirst().walk.text();
                if (symbol.isEmpty()) {
                    emptyNumber = number;
                }
                for (var head : current) {
                    head.set(number);
                }
                number++;
                advance(current, others);
                return symbol;
            }
        };
    }

    private static void advance(List<Head> current, PriorityQueue<Head> others) {
        current.removeIf(head -> !head.walk.advance());
        if (others.isEmpty() && isUnanimous(current)) {
            return;
        }
        others.addAll(current);
        current.clear();
        while (!others.isEmpty() && (current.isEmpty() || others.element().compareTo(current.getFirst()) == 0)) {
            current.add(others.remove());
        }
    }

    private static boolean isUnanimous(List<Head> heads) {
        for (int i = 1; i < heads.size(); i++) {
            if (heads.get(i).compareTo(heads.getFirst()) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Puts the union's numbers in place of the references of one source, and labels in the order of their names where
    /// an old writer has left them otherwise.
    public void translate(int source, SeriesColumns series) {
        if (!isRead) {
            throw new IllegalStateException("symbols have numbers when all were read");
        }
        int[] symbols = series.symbols();
        int table = tableOfSource[source];
        for (int i = 0; i < series.size(); i++) {
            int from = series.symbolsFrom(i);
            int to = series.symbolsTo(i);
            boolean sorted = true;
            for (int at = from; at < to; at += 2) {
                symbols[at] = number(table, symbols[at]);
                symbols[at + 1] = number(table, symbols[at + 1]);
                sorted &= (at == from || symbols[at] > symbols[at - 2]) && symbols[at + 1] != emptyNumber;
            }
            if (!sorted) {
                series.replaceSymbols(i, sorted(symbols, from, to));
            }
        }
    }

    /// Pairs by their names; of equal names the last one counts, empty values do not.
    private int[] sorted(int[] symbols, int from, int to) {
        var byName = new TreeMap<Integer, Integer>();
        for (int i = from; i < to; i += 2) {
            byName.put(symbols[i], symbols[i + 1]);
        }
        byName.values().removeIf(value -> value == emptyNumber);
        var sorted = new int[2 * byName.size()];
        int n = 0;
        for (var pair : byName.entrySet()) {
            sorted[n++] = pair.getKey();
            sorted[n++] = pair.getValue();
        }
        return sorted;
    }

    /// Reads all of it, where nobody else wants the symbols.
    public SymbolUnion read() {
        for (var all = iterator(); all.hasNext(); ) {
            all.next();
        }
        return this;
    }

    /// The labels with these numbers, names and values in turn, of a source.
    public Labels labels(int source, int[] symbols, int from, int to) {
        var pairs = new String[to - from];
        for (int i = from; i < to; i++) {
            int table = tableOfSource[source];
            int index = Arrays.binarySearch(numbers.get(table), symbols[i]);
            long[] places = offsets.get(table);
            pairs[i - from] = tables.get(table).lookup(places.length == 0 ? index : places[index]);
        }
        return Labels.ofSorted(pairs);
    }

    private int number(int table, int ref) {
        int[] own = numbers.get(table);
        long[] places = offsets.get(table);
        int index = places.length == 0 ? ref : Arrays.binarySearch(places, Integer.toUnsignedLong(ref));
        if (index < 0 || index >= own.length) {
            throw tables.get(table).outOfBounds(Integer.toUnsignedLong(ref));
        }
        return own[index];
    }
}
