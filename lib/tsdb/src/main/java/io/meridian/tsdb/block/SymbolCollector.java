package io.meridian.tsdb.block;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/// Symbols of series that are known before the block is written.
public final class SymbolCollector implements Iterable<String> {
    private final Set<String> symbols = new HashSet<>();

    public void add(Labels labels) {
        for (int i = 0; i < labels.size(); i++) {
            symbols.add(labels.name(i));
            symbols.add(labels.value(i));
        }
    }

    /// Ascending in byte order.
    @Override
    public Iterator<String> iterator() {
        var sorted = symbols.toArray(String[]::new);
        Arrays.sort(sorted, Utf8::compare);
        return Arrays.asList(sorted).iterator();
    }
}
