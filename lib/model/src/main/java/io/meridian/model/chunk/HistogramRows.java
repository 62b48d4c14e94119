package io.meridian.model.chunk;

import io.meridian.model.BucketLayout;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;

/// Decodes integer histograms without start timestamps ([HistogramChunk]) straight into the rows of a column.
final class HistogramRows {
    /// So many ones may lead a number that is cut out of one word without a branch: their number says where it is.
    private static final int SHORT_ONES_MAX = 6;

    /// Bits of a number and its prefix: a byte for each number of ones.
    private static final long LENGTHS = 0x20_18_11_0D_09_05_01L;

    /// By how much a number is shifted to the right, in the same way.
    private static final long SHIFTS = 0x27_2E_34_37_3A_3D_3FL;

    private final BitReader in;
    private final byte[] bytes;
    private final long end;
    private final HistogramHeader header;
    private final SampleBuffer target;
    private final BucketLayout layout;
    private final int positives;

    /// Each bucket's difference to its neighbour, and how that changed last.
    private final long[] buckets;
    private final int bucketEnd;

    private long position;

    private HistogramRows(BitReader in, HistogramHeader header, HistogramLayout layout, SampleBuffer target) {
        this.in = in;
        this.bytes = in.bytes();
        this.end = in.end();
        this.header = header;
        this.target = target;
        this.layout = target.layoutOf(
                layout.schema(), layout.zeroThreshold(), layout.positive(), layout.negative(), layout.customValues());
        this.positives = layout.positive().bucketCount();
        this.bucketEnd = 2 * (positives + layout.negative().bucketCount());
        this.buckets = target.workspace(bucketEnd);
    }

    /// Appends the samples, perhaps without those behind the first that is later than `maxMs`.
    ///
    /// @return false if that cannot be done so; nothing was appended then
    /// @throws io.meridian.model.CorruptDataException after some samples may have been appended
    static boolean decode(String name, byte[] data, int offset, int length, long maxMs, SampleBuffer target) {
        HistogramHeader header = HistogramHeader.read(name, false, data, offset, length);
        if (header.count() == 0) {
            return true;
        }
        var in = new BitReader(name, data, offset, length, HistogramHeader.LENGTH);
        HistogramLayout layout = HistogramLayout.read(in);
        if (layout.schema() > FloatHistogram.SCHEMA_MAX
                || layout.schema() < FloatHistogram.SCHEMA_MIN && layout.schema() != FloatHistogram.CUSTOM_SCHEMA) {
            return false;
        }
        new HistogramRows(in, header, layout, target).all(maxMs);
        return true;
    }

    private void all(long maxMs) {
        long time = in.varbit();
        long count = in.varbitUnsigned();
        long zeroCount = in.varbitUnsigned();
        long sum = in.bits(64);
        for (int i = 0; i < bucketEnd; i += 2) {
            buckets[i] = in.varbit();
            buckets[i + 1] = 0;
        }
        position = in.position();
        append(0, time, count, zeroCount, sum);
        long timeDelta = 0;
        long countDelta = 0;
        long zeroCountDelta = 0;
        int leading = 0;
        int trailing = 0;
        int samples = header.count();
        for (int index = 1; index < samples; index++) {
            timeDelta += varbit();
            time += timeDelta;
            countDelta += varbit();
            count += countDelta;
            zeroCountDelta += varbit();
            zeroCount += zeroCountDelta;
            long word = ChunkBytes.load(bytes, position);
            if (word >= 0) {
                position++;
            } else {
                if (word << 1 >= 0) {
                    position += 2;
                } else {
                    leading = (int) (word >>> 57) & 0x1F;
                    int significant = (int) (word >>> 51) & 0x3F;
                    trailing = significant == 0 ? 0 : 64 - leading - significant;
                    position += 13;
                    if (trailing < 0 || significant == 0 && leading != 0) {
                        throw in.corrupt(ChunkBytes.badWindow(leading, significant));
                    }
                }
                int significant = 64 - leading - trailing;
                check();
                sum ^= ChunkBytes.bits(bytes, position, significant) << trailing;
                position += significant;
            }
            check();
            append(index, time, count, zeroCount, sum);
            if (time > maxMs) {
                return;
            }
        }
    }

    private void append(int index, long time, long count, long zeroCount, long sumBits) {
        double sum = Double.longBitsToDouble(sumBits);
        if (StaleMarker.is(sum)) {
            target.append(time, FloatHistogram.stale());
            return;
        }
        HistogramColumn column = target.appendTime(time);
        int row = column.add(target.size() - 1, layout, header.hintOf(index), false);
        double[] numbers = column.numbers();
        numbers[row + HistogramColumn.COUNT] = Histogram.unsignedToDouble(count);
        numbers[row + HistogramColumn.SUM] = sum;
        numbers[row + HistogramColumn.ZERO_COUNT] = Histogram.unsignedToDouble(zeroCount);
        int middle = 2 * positives;
        if (index == 0) {
            absolute(0, middle, numbers, row + HistogramColumn.BUCKETS);
            absolute(middle, bucketEnd, numbers, row + HistogramColumn.BUCKETS + positives);
        } else {
            next(0, middle, numbers, row + HistogramColumn.BUCKETS);
            next(middle, bucketEnd, numbers, row + HistogramColumn.BUCKETS + positives);
        }
    }

    private void absolute(int from, int to, double[] numbers, int row) {
        long current = 0;
        int at = row;
        for (int i = from; i < to; i += 2) {
            current += buckets[i];
            numbers[at++] = current;
        }
    }

    /// Reads the changes of the buckets and writes their counts.
    private void next(int from, int to, double[] numbers, int row) {
        byte[] data = bytes;
        long[] all = buckets;
        long bit = position;
        long limit = end;
        long current = 0;
        int at = row;
        for (int i = from; i < to; i += 2) {
            if (bit > limit) {
                throw in.corrupt("ends before its last sample");
            }
            long word = ChunkBytes.load(data, bit);
            int ones = Long.numberOfLeadingZeros(~word);
            long delta = all[i + 1];
            if (ones <= SHORT_ONES_MAX) {
                delta += shortNumber(word, ones);
                bit += shortLength(ones);
            } else {
                delta += Varbit.signed(data, bit, Varbit.ones(word));
                bit += longLength(Varbit.ones(word));
            }
            all[i + 1] = delta;
            long bucket = all[i] + delta;
            all[i] = bucket;
            current += bucket;
            numbers[at++] = current;
        }
        position = bit;
        check();
    }

    private long varbit() {
        check();
        long word = ChunkBytes.load(bytes, position);
        int ones = Varbit.ones(word);
        if (ones <= SHORT_ONES_MAX) {
            position += shortLength(ones);
            return shortNumber(word, ones);
        }
        long value = Varbit.signed(bytes, position, ones);
        position += longLength(ones);
        return value;
    }

    private static int shortLength(int ones) {
        return (int) (LENGTHS >>> (ones << 3)) & 0x3F;
    }

    private static int longLength(int ones) {
        return Varbit.prefixLength(ones) + Varbit.width(ones);
    }

    /// The number that stands behind that many ones and a zero in the upper half of the word; 0 where there is no one.
    /// The value with only the top bit set is positive.
    private static long shortNumber(long word, int ones) {
        int shift = (int) (SHIFTS >>> (ones << 3));
        return ((word << ones + 1) - (1L << shift) >> shift) + 1 & -ones >> 31;
    }

    private void check() {
        if (position > end) {
            throw in.corrupt("ends before its last sample");
        }
    }
}
