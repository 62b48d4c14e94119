package io.meridian.model.chunk;

/// Floats that are XORed with their value in the sample before, each with its own window: the fields and buckets of a
/// float histogram chunk, the sum of an integer one.
final class XorColumns {
    private final long[] values;
    private final byte[] leading;
    private final byte[] trailing;

    XorColumns(int count) {
        values = new long[count];
        leading = new byte[count];
        trailing = new byte[count];
    }

    /// Sets the first value of a column.
    double begin(int column, long bits) {
        values[column] = bits;
        return Double.longBitsToDouble(bits);
    }

    /// Reads the next value of a column.
    double read(BitReader in, int column) {
        if (in.bits(1) != 0) {
            if (in.bits(1) != 0) {
                int window = (int) in.bits(11);
                int newLeading = window >>> 6;
                int significant = window & 0x3F;
                int newTrailing = significant == 0 ? 0 : 64 - newLeading - significant;
                if (newTrailing < 0 || significant == 0 && newLeading != 0) {
                    throw in.corrupt(ChunkBytes.badWindow(newLeading, significant));
                }
                leading[column] = (byte) newLeading;
                trailing[column] = (byte) newTrailing;
            }
            int significant = 64 - leading[column] - trailing[column];
            values[column] ^= in.bits(significant) << trailing[column];
        }
        return Double.longBitsToDouble(values[column]);
    }
}
