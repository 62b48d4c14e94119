package io.meridian.compactor.downsample.cuda;

import static io.meridian.compactor.downsample.cuda.CudaDevice.check;

import org.bytedeco.cuda.global.cudart;

/// Memory of the device that grows and never shrinks. What it held is lost when it grows.
final class DeviceBuffer implements AutoCloseable {
    private long address;
    private long capacity;

    /// The address of at least `bytes` bytes.
    long ensure(long bytes) {
        if (bytes > capacity) {
            close();
            long wanted = bytes + bytes / 4;
            long[] out = new long[1];
            check("cuMemAlloc", cudart.cuMemAlloc(out, wanted));
            address = out[0];
            capacity = wanted;
        }
        return address;
    }

    @Override
    public void close() {
        if (capacity > 0) {
            cudart.cuMemFree(address);
            capacity = 0;
        }
    }
}
