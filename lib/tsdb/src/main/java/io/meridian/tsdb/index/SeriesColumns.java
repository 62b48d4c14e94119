package io.meridian.tsdb.index;

import java.util.Arrays;

/// Entries of the series section as columns, without an object for each: the symbols of the labels by their numbers,
/// and the places of the chunks. Filled again and again by its owner. Not thread-safe.
public final class SeriesColumns {
    private int size;
    private long[] refs = new long[64];
    private int[] symbolEnds = new int[64];
    private int[] chunkEnds = new int[64];
    private int symbolCount;
    private int[] symbols = new int[512];
    private int chunkCount;
    private long[] minMs = new long[256];
    private long[] maxMs = new long[256];
    private long[] chunkRefs = new long[256];

    /// Number of series.
    public int size() {
        return size;
    }

    /// The reference in postings and tombstones.
    public long ref(int series) {
        return refs[series];
    }

    /// Where a series' labels begin in [#symbols].
    public int symbolsFrom(int series) {
        return series == 0 ? 0 : symbolEnds[series - 1];
    }

    /// Where they end, exclusive.
    public int symbolsTo(int series) {
        return symbolEnds[series];
    }

    /// Names and values in turn, by their references in the index ([SymbolTable#lookup]) or what
    /// [SymbolUnion#translate] has put there.
    public int[] symbols() {
        return symbols;
    }

    /// Where a series' chunks begin in the columns below.
    public int chunksFrom(int series) {
        return series == 0 ? 0 : chunkEnds[series - 1];
    }

    /// Where they end, exclusive.
    public int chunksTo(int series) {
        return chunkEnds[series];
    }

    /// Times of the first samples, in milliseconds.
    public long[] minMs() {
        return minMs;
    }

    /// Times of the last samples, in milliseconds, inclusive.
    public long[] maxMs() {
        return maxMs;
    }

    public long[] chunkRefs() {
        return chunkRefs;
    }

    void clear() {
        size = 0;
        symbolCount = 0;
        chunkCount = 0;
    }

    void addSymbol(int ref) {
        if (symbolCount == symbols.length) {
            symbols = Arrays.copyOf(symbols, 2 * symbolCount);
        }
        symbols[symbolCount++] = ref;
    }

    void addChunk(long firstMs, long lastMs, long ref) {
        if (chunkCount == chunkRefs.length) {
            minMs = Arrays.copyOf(minMs, 2 * chunkCount);
            maxMs = Arrays.copyOf(maxMs, 2 * chunkCount);
            chunkRefs = Arrays.copyOf(chunkRefs, 2 * chunkCount);
        }
        minMs[chunkCount] = firstMs;
        maxMs[chunkCount] = lastMs;
        chunkRefs[chunkCount++] = ref;
    }

    /// What was added since the last one is a series; without chunks it is none.
    void endSeries(long ref) {
        int symbolsFrom = size == 0 ? 0 : symbolEnds[size - 1];
        if (chunkCount == (size == 0 ? 0 : chunkEnds[size - 1])) {
            symbolCount = symbolsFrom;
            return;
        }
        if (size == refs.length) {
            refs = Arrays.copyOf(refs, 2 * size);
            symbolEnds = Arrays.copyOf(symbolEnds, 2 * size);
            chunkEnds = Arrays.copyOf(chunkEnds, 2 * size);
        }
        refs[size] = ref;
        symbolEnds[size] = symbolCount;
        chunkEnds[size++] = chunkCount;
    }

    /// Of a series whose labels were put in order; there may be less of them then.
    void replaceSymbols(int series, int[] own) {
        int to = symbolsTo(series);
        System.arraycopy(own, 0, symbols, symbolsFrom(series), own.length);
        int less = to - symbolsFrom(series) - own.length;
        if (less > 0) {
            System.arraycopy(symbols, to, symbols, to - less, symbolCount - to);
            symbolCount -= less;
            for (int i = series; i < size; i++) {
                symbolEnds[i] -= less;
            }
        }
    }
}
