package io.meridian.compactor.downsample.cuda;

import static io.meridian.compactor.downsample.cuda.CudaDevice.check;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// A queue of copies and kernels on the device. One thread at a time.
final class DeviceStream implements AutoCloseable {
    private static final int LANES_PER_BLOCK = 128;
    private static final int ARGUMENTS_MAX = 12;

    private final CudaDevice device;
    private final CUstream_st stream = new CUstream_st();
    private final LongPointer arguments = new LongPointer(ARGUMENTS_MAX);
    private final PointerPointer<Pointer> argumentAddresses = new PointerPointer<>(ARGUMENTS_MAX);

    DeviceStream(CudaDevice device) {
        this.device = device;
        for (int i = 0; i < ARGUMENTS_MAX; i++) {
            argumentAddresses.put(i, arguments.getPointer(i));
        }
        check("cuStreamCreate", cudart.cuStreamCreate(stream, cudart.CU_STREAM_NON_BLOCKING));
    }

    /// @param values the kernel's arguments; a 32-bit one is the low half of its value
    void launch(CudaDevice.Kernel kernel, long lanes, long... values) {
        if (lanes == 0) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            arguments.put(i, values[i]);
        }
        int blocks = Math.toIntExact((lanes + LANES_PER_BLOCK - 1) / LANES_PER_BLOCK);
        int code = cudart.cuLaunchKernel(
                device.function(kernel),
                blocks,
                1,
                1,
                LANES_PER_BLOCK,
                1,
                1,
                0,
                stream,
                argumentAddresses,
                (PointerPointer<?>) null);
        check(kernel.symbol(), code);
    }

    void upload(PinnedBuffer source, long target, long bytes) {
        check("cuMemcpyHtoDAsync", cudart.cuMemcpyHtoDAsync(target, source.pointer(), bytes, stream));
    }

    void download(long source, PinnedBuffer target, long bytes) {
        check("cuMemcpyDtoHAsync", cudart.cuMemcpyDtoHAsync(target.pointer(), source, bytes, stream));
    }

    /// Waits until all is done; an error of a kernel comes out here.
    void synchronize() {
        check("cuStreamSynchronize", cudart.cuStreamSynchronize(stream));
    }

    @Override
    public void close() {
        cudart.cuStreamDestroy(stream);
        argumentAddresses.close();
        arguments.close();
    }
}
