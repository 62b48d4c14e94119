package io.meridian.compactor.downsample.cuda;

import static io.meridian.compactor.downsample.cuda.CudaDevice.check;

import java.lang.foreign.MemorySegment;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// Page-locked memory of the host, which the device copies from and to by itself. Grows, never shrinks, and loses what
/// it held when it grows.
final class PinnedBuffer implements AutoCloseable {
    private Pointer pointer = new Pointer();
    private MemorySegment segment = MemorySegment.NULL;

    /// At least `bytes` bytes.
    @SuppressWarnings("restricted")
    MemorySegment ensure(long bytes) {
        if (bytes > segment.byteSize()) {
            close();
            long wanted = bytes + bytes / 4;
            try (var out = new PointerPointer<Pointer>(1)) {
                check("cuMemHostAlloc", cudart.cuMemHostAlloc(out, wanted, 0));
                pointer = out.get(0);
            }
            segment = MemorySegment.ofAddress(pointer.address()).reinterpret(wanted);
        }
        return segment;
    }

    Pointer pointer() {
        return pointer;
    }

    @Override
    public void close() {
        if (segment.byteSize() > 0) {
            cudart.cuMemFreeHost(pointer);
            segment = MemorySegment.NULL;
        }
    }
}
