package io.meridian.model;

/// The NaN by which Prometheus says that a series has ended. Only its exact bits mean that; other NaNs are values.
public final class StaleMarker {
    public static final long BITS = 0x7ff0000000000002L;
    public static final double VALUE = Double.longBitsToDouble(BITS);

    private StaleMarker() {}

    public static boolean is(double value) {
        return Double.doubleToRawLongBits(value) == BITS;
    }
}
