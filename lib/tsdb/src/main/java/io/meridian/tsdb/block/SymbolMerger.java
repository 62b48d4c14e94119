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

    private record Head(String symbol, Iterator<String> rest) {}

    @Override
    public Iterator<String> iterator() {
        var heads = new PriorityQueue<Head>(Comparator.comparing(Head::symbol, Utf8::compare));
        for (var source : sources) {
            advance(source.iterator(), heads);
        }
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !heads.isEmpty();
            }

            @Override
            public String next() {
                String symbol = heads.element().symbol();
                var equal = new ArrayList<Head>();
                while (!heads.isEmpty() && heads.element().symbol().equals(symbol)) {
                    equal.add(heads.remove());
                }
                equal.forEach(head -> advance(head.rest(), heads));
                return symbol;
            }
        };
    }

    private static void advance(Iterator<String> source, PriorityQueue<Head> heads) {
        if (source.hasNext()) {
            heads.add(new Head(source.next(), source));
        }
    }
}
