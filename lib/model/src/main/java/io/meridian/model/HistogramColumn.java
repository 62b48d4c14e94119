package io.meridian.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Native histograms of one series as columns: of each a row of numbers in one array, and the layout that says which
/// buckets they are. An entry may be empty. Rows are only ever appended; entries may share one.
///
/// ```
/// row: count | sum | zero count | positive buckets | negative buckets
/// ```
///
/// A bucket that its layout has and the histogram has not holds the bits of the stale marker ([#MISSING]), so that
/// histograms with and without empty buckets still share a layout. Not thread-safe, but for reading.
public final class HistogramColumn {
    public static final int COUNT = 0;
    public static final int SUM = 1;
    public static final int ZERO_COUNT = 2;
    /// Where the buckets begin.
    public static final int BUCKETS = 3;

    public static final double MISSING = StaleMarker.VALUE;

    private static final CounterResetHint[] HINTS = CounterResetHint.values();
    private static final double[] NO_BOUNDS = {};
    private static final byte HINT_MASK = 3;
    private static final byte SPARSE = 4;
    private static final int ROWS_FIRST = 256;

    private @Nullable BucketLayout[] layouts;
    private int[] starts;
    private byte[] states;

    /// Words of 8 bytes, as counted once; 0 if not yet.
    private int[] weights;

    private double[] numbers = {};
    private int used;
    private @Nullable BucketLayout recent;

    /// Histograms that were given or made as objects.
    private @Nullable FloatHistogram @Nullable [] objects;

    public HistogramColumn(int capacity) {
        layouts = new @Nullable BucketLayout[capacity];
        starts = new int[capacity];
        states = new byte[capacity];
        weights = new int[capacity];
    }

    private HistogramColumn(@Nullable BucketLayout[] layouts, int[] starts, byte[] states, double[] numbers) {
        this.layouts = layouts;
        this.starts = starts;
        this.states = states;
        this.weights = new int[starts.length];
        this.numbers = numbers;
        this.used = numbers.length;
    }

    /// A column of rows that lie one behind the other in an array, which it keeps.
    ///
    /// @param hints  by row; null where the entry is empty
    /// @param sparse whether rows may have missing buckets
    public static HistogramColumn ofRows(
            BucketLayout layout, @Nullable CounterResetHint[] hints, double[] numbers, boolean sparse) {
        int count = hints.length;
        var layouts = new @Nullable BucketLayout[count];
        int[] starts = new int[count];
        byte[] states = new byte[count];
        for (int i = 0; i < count; i++) {
            CounterResetHint hint = hints[i];
            if (hint != null) {
                layouts[i] = layout;
                starts[i] = i * layout.width();
                states[i] = (byte) (hint.ordinal() | (sparse ? SPARSE : 0));
            }
        }
        return new HistogramColumn(layouts, starts, states, numbers);
    }

    public static HistogramColumn of(@Nullable FloatHistogram[] histograms) {
        var column = new HistogramColumn(histograms.length);
        for (int i = 0; i < histograms.length; i++) {
            column.set(i, histograms[i]);
        }
        return column;
    }

    /// Number of entries, empty ones too.
    public int capacity() {
        return layouts.length;
    }

    /// Empties all entries; keeps the arrays.
    public void clear() {
        Arrays.fill(layouts, null);
        objects = null;
        used = 0;
    }

    void ensure(int capacity) {
        if (capacity > layouts.length) {
            layouts = Arrays.copyOf(layouts, capacity);
            starts = Arrays.copyOf(starts, capacity);
            states = Arrays.copyOf(states, capacity);
            weights = Arrays.copyOf(weights, capacity);
            if (objects != null) {
                objects = Arrays.copyOf(objects, capacity);
            }
        }
    }

    void move(int from, int to, int count) {
        System.arraycopy(layouts, from, layouts, to, count);
        System.arraycopy(starts, from, starts, to, count);
        System.arraycopy(states, from, states, to, count);
        System.arraycopy(weights, from, weights, to, count);
        if (objects != null) {
            System.arraycopy(objects, from, objects, to, count);
        }
    }

    /// Empties the entries `from <= i < to`.
    public void clear(int from, int to) {
        Arrays.fill(layouts, from, to, null);
        if (objects != null) {
            Arrays.fill(objects, from, to, null);
        }
    }

    public boolean isPresent(int index) {
        return layouts[index] != null;
    }

    /// Whether none of the first `count` entries is present.
    public boolean isEmpty(int count) {
        for (int i = 0; i < count; i++) {
            if (layouts[i] != null) {
                return false;
            }
        }
        return true;
    }

    /// The layout of an entry that is present.
    public BucketLayout layout(int index) {
        BucketLayout layout = layouts[index];
        if (layout == null) {
            throw new IllegalStateException("no histogram: index=" + index);
        }
        return layout;
    }

    /// Undefined if the entry is empty.
    public CounterResetHint hint(int index) {
        return HINTS[states[index] & HINT_MASK];
    }

    public void setHint(int index, CounterResetHint hint) {
        states[index] = (byte) (states[index] & ~HINT_MASK | hint.ordinal());
        if (objects != null) {
            objects[index] = null;
        }
    }

    /// Whether buckets of the row may be missing; its layout is normal then.
    public boolean isSparse(int index) {
        return (states[index] & SPARSE) != 0;
    }

    /// Says that buckets of the row are missing.
    ///
    /// @param present a bit for each bucket that is not, the first lowest; of no meaning if there are more than 64
    public void markSparse(int index, long present) {
        states[index] |= SPARSE;
        BucketLayout layout = layout(index);
        if (layout.width() - BUCKETS <= Long.SIZE) {
            weights[index] = layout.words(present);
        }
    }

    /// Where the row begins in [#numbers].
    public int start(int index) {
        return starts[index];
    }

    /// The rows; valid until the next is added.
    public double[] numbers() {
        return numbers;
    }

    public double count(int index) {
        return numbers[starts[index] + COUNT];
    }

    public double sum(int index) {
        return numbers[starts[index] + SUM];
    }

    public double zeroCount(int index) {
        return numbers[starts[index] + ZERO_COUNT];
    }

    public boolean isStale(int index) {
        return StaleMarker.is(numbers[starts[index] + SUM]);
    }

    /// The layout, an earlier one where it is the same as that of the row before.
    public BucketLayout layoutOf(
            int schema, double zeroThreshold, Spans positive, Spans negative, double[] customValues) {
        BucketLayout last = recent;
        if (last == null || !last.matches(schema, zeroThreshold, positive, negative, customValues)) {
            last = new BucketLayout(schema, zeroThreshold, positive, negative, customValues);
            recent = last;
        }
        return last;
    }

    /// Gives an entry a row, whose numbers are yet to be written.
    ///
    /// @param sparse whether buckets may be missing
    /// @return where it begins
    public int add(int index, BucketLayout layout, CounterResetHint hint, boolean sparse) {
        int start = used;
        int width = layout.width();
        if (numbers.length - start < width) {
            int larger = Math.max(Math.min(ROWS_FIRST, layouts.length) * width, 2 * numbers.length);
            numbers = Arrays.copyOf(numbers, Math.max(larger, Math.addExact(start, width)));
        }
        used = start + width;
        layouts[index] = layout;
        starts[index] = start;
        states[index] = (byte) (hint.ordinal() | (sparse ? SPARSE : 0));
        weights[index] = 0;
        if (objects != null) {
            objects[index] = null;
        }
        return start;
    }

    /// Gives an entry the row of another column's entry, which is present.
    public void copy(int index, HistogramColumn source, int sourceIndex) {
        BucketLayout layout = source.layout(sourceIndex);
        int start = add(index, layout, source.hint(sourceIndex), source.isSparse(sourceIndex));
        System.arraycopy(source.numbers, source.starts[sourceIndex], numbers, start, layout.width());
        weights[index] = source.weights[sourceIndex];
    }

    /// Makes an entry what another one is.
    public void repeat(int index, int other) {
        layouts[index] = layouts[other];
        starts[index] = starts[other];
        states[index] = states[other];
        weights[index] = weights[other];
        if (objects != null) {
            objects[index] = objects[other];
        }
    }

    /// Makes all entries what those of another column of the same capacity are.
    public void copyAll(HistogramColumn source) {
        int count = source.layouts.length;
        System.arraycopy(source.layouts, 0, layouts, 0, count);
        System.arraycopy(source.starts, 0, starts, 0, count);
        System.arraycopy(source.states, 0, states, 0, count);
        System.arraycopy(source.weights, 0, weights, 0, count);
        if (numbers.length < source.used) {
            numbers = new double[source.used];
        }
        System.arraycopy(source.numbers, 0, numbers, 0, source.used);
        used = source.used;
        objects = source.objects == null ? null : source.objects.clone();
    }

    /// The entries `from <= i < to` as a column of their own that has no room to spare.
    public HistogramColumn copyOfRange(int from, int to) {
        var copy = new HistogramColumn(to - from);
        int total = 0;
        for (int i = from; i < to; i++) {
            BucketLayout layout = layouts[i];
            total += layout == null || i > from && starts[i] == starts[i - 1] && layouts[i - 1] != null
                    ? 0
                    : layout.width();
        }
        copy.numbers = new double[total];
        for (int i = from; i < to; i++) {
            if (layouts[i] == null) {
                continue;
            }
            if (i > from && starts[i] == starts[i - 1] && layouts[i - 1] != null) {
                copy.repeat(i - from, i - from - 1);
                copy.states[i - from] = states[i];
            } else {
                copy.copy(i - from, this, i);
            }
        }
        if (objects != null) {
            copy.objects = Arrays.copyOfRange(objects, from, to);
        }
        return copy;
    }

    public void set(int index, @Nullable FloatHistogram histogram) {
        if (histogram == null) {
            layouts[index] = null;
            if (objects != null) {
                objects[index] = null;
            }
            return;
        }
        BucketLayout layout = layoutOf(
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.positiveSpans(),
                histogram.negativeSpans(),
                histogram.customValues());
        int at = add(index, layout, histogram.hint(), false);
        numbers[at + COUNT] = histogram.count();
        numbers[at + SUM] = histogram.sum();
        numbers[at + ZERO_COUNT] = histogram.zeroCount();
        at = write(histogram.positiveBuckets(), at + BUCKETS);
        write(histogram.negativeBuckets(), at);
        if (objects == null) {
            objects = new @Nullable FloatHistogram[layouts.length];
        }
        objects[index] = histogram;
    }

    private int write(double[] buckets, int position) {
        int at = position;
        for (double bucket : buckets) {
            numbers[at++] = StaleMarker.is(bucket) ? Double.NaN : bucket;
        }
        return at;
    }

    /// The first `count` entries as objects.
    public @Nullable FloatHistogram[] toArray(int count) {
        var result = new @Nullable FloatHistogram[count];
        for (int i = 0; i < count; i++) {
            result[i] = get(i);
        }
        return result;
    }

    /// The entry as an object, or null.
    public @Nullable FloatHistogram get(int index) {
        BucketLayout layout = layouts[index];
        if (layout == null) {
            return null;
        }
        @Nullable FloatHistogram[] known = objects;
        if (known == null) {
            known = new @Nullable FloatHistogram[layouts.length];
            objects = known;
        }
        FloatHistogram histogram = known[index];
        if (histogram == null) {
            histogram = toHistogram(layout, index);
            known[index] = histogram;
        }
        return histogram;
    }

    private FloatHistogram toHistogram(BucketLayout layout, int index) {
        int at = starts[index] + BUCKETS;
        int middle = at + layout.positiveCount();
        int end = middle + layout.negativeCount();
        boolean sparse = isSparse(index);
        return new FloatHistogram(
                hint(index),
                layout.schema(),
                layout.zeroThreshold(),
                zeroCount(index),
                count(index),
                sum(index),
                sparse ? presentSpans(layout.positive(), at) : layout.positive(),
                sparse ? present(at, middle) : Arrays.copyOfRange(numbers, at, middle),
                sparse ? presentSpans(layout.negative(), middle) : layout.negative(),
                sparse ? present(middle, end) : Arrays.copyOfRange(numbers, middle, end),
                layout.customValues());
    }

    private Spans presentSpans(Spans spans, int from) {
        int[] all = spans.indices();
        int[] present = new int[all.length];
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            if (!StaleMarker.is(numbers[from + i])) {
                present[count++] = all[i];
            }
        }
        return count == all.length ? spans : Spans.ofIndices(present, count);
    }

    private double[] present(int from, int to) {
        double[] present = new double[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            if (!StaleMarker.is(numbers[i])) {
                present[count++] = numbers[i];
            }
        }
        return count == present.length ? present : Arrays.copyOf(present, count);
    }

    /// Leaves count and sum of an entry, whose row nobody shares.
    public void strip(int index, CounterResetHint hint) {
        layouts[index] = layoutOf(layout(index).schema(), 0, Spans.NONE, Spans.NONE, NO_BOUNDS);
        numbers[starts[index] + ZERO_COUNT] = 0;
        states[index] = (byte) hint.ordinal();
        weights[index] = 0;
        if (objects != null) {
            objects[index] = null;
        }
    }

    /// How many samples the entry, which is present, counts as where samples are limited.
    public long weight(int index) {
        return words(index) / 2;
    }

    /// The same among the samples of one step, where Prometheus rounds otherwise.
    public long weightInStep(int index) {
        return 1 + (words(index) - 1) / 2;
    }

    private int words(int index) {
        int known = weights[index];
        if (known == 0) {
            known = computeWords(index);
            weights[index] = known;
        }
        return known;
    }

    private int computeWords(int index) {
        BucketLayout layout = layout(index);
        if (!isSparse(index)) {
            return layout.words();
        }
        int at = starts[index] + BUCKETS;
        long shape = shape(layout.positive(), at) + shape(layout.negative(), at + layout.positiveCount());
        return layout.words((int) (shape >>> 32), (int) shape);
    }

    /// Number of runs of present buckets in the upper half, that of the buckets in the lower.
    private long shape(Spans spans, int from) {
        int[] indices = spans.indices();
        int runs = 0;
        int count = 0;
        int before = 0;
        int next = 0;
        for (int i = 0; i < indices.length; i++) {
            int present = StaleMarker.is(numbers[from + i]) ? 0 : 1;
            int joined = indices[i] == next ? before : 0;
            runs += present & ~joined;
            count += present;
            before = present;
            next = indices[i] + 1;
        }
        return (long) runs << 32 | count;
    }

    /// Bytes this column holds, layouts that others may share not counted.
    public long retainedBytes() {
        return 17L * layouts.length + 8L * numbers.length;
    }
}
