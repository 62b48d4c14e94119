package io.meridian.tsdb.block;

import io.meridian.model.Utf8;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;

/// The symbols of several indexes as one ascending sequence, each once, without holding them.
public final class SymbolMerger implements Iterable<String> {
    private final List<? extends Iterable<String>> sources;

    /// @param sources each ascending in byte order
    public SymbolMerger(List<? extends Iterable<String>> sources) {
        this.sources = List.copyOf(sources);
    }

    private static final class Head {
        final Iterator<String> rest;
        String symbol = "";

        Head(Iterator<String> rest) {
            this.rest = rest;
        }

        boolean advance() {
            if (!rest.hasNext()) {
                return false;
            }
            symbol = rest.next();
            return true;
        }

        String symbol() {
            return symbol;
        }
    }

    @Override
    public Iterator<String> iterator() {
        // those of the symbol that comes next, and the others
        var current = new ArrayList<Head>();
        var others = new PriorityQueue<Head>(Comparator.comparing(Head::symbol, Utf8::compare));
        for (var source : sources) {
            current.add(new Head(source.iterator()));
        }
        advance(current, others);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !current.isEmpty();
            }

            @Override
            public String next() {
                String symbol = current.getFirst().symbol;
                advance(current, others);
                return symbol;
            }
        };
    }

    private static void advance(List<Head> current, PriorityQueue<Head> others) {
        current.removeIf(head -> !head.advance());
        if (others.isEmpty() && isUnanimous(current)) {
            return;
        }
        others.addAll(current);
        current.clear();
        while (!others.isEmpty()
                && (current.isEmpty() || others.element().symbol.equals(current.getFirst().symbol))) {
            current.add(others.remove());
        }
    }

    /// Blocks of one stream mostly have the same symbols.
    private static boolean isUnanimous(List<Head> heads) {
        for (int i = 1; i < heads.size(); i++) {
            if (!heads.get(i).symbol.equals(heads.getFirst().symbol)) {
                return false;
            }
        }
        return true;
    }
}
