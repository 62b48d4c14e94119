package io.meridian.compactor.downsample.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// The first device, with our kernels loaded into its primary context. Only after [CudaProbe] found nothing missing.
final class CudaDevice implements AutoCloseable {
    static final String PTX = "downsample.ptx";
    private static final int NAME_BYTES_MAX = 256;

    /// The kernels of `downsample.cu`.
    enum Kernel {
        DECODE_CHUNKS,
        MEASURE_RUNS,
        CUT_BATCHES,
        AGGREGATE_BATCHES,
        ENCODE_STREAMS,
        SUM_TILES,
        SCAN_TILES,
        PLACE_BATCHES,
        GATHER_STREAMS;

        String symbol() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final int device;
    private final String name;
    private final CUctx_st context = new CUctx_st();
    private final CUmod_st module = new CUmod_st();
    private final Map<Kernel, CUfunc_st> functions = new EnumMap<>(Kernel.class);

    private CudaDevice(int device, String name) {
        this.device = device;
        this.name = name;
    }

    /// @throws CudaException if the driver, or the device, refuses
    /// @throws LinkageError  if the bindings cannot be loaded
    static CudaDevice open() {
        // The default counts pinned and mapped memory against a multiple of the heap.
        if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        }
        check("cuInit", cudart.cuInit(0));
        int[] ordinal = new int[1];
        check("cuDeviceGet", cudart.cuDeviceGet(ordinal, 0));
        byte[] name = new byte[NAME_BYTES_MAX];
        check("cuDeviceGetName", cudart.cuDeviceGetName(name, name.length, ordinal[0]));
        var device = new CudaDevice(ordinal[0], new String(name, StandardCharsets.UTF_8).split("\0", 2)[0]);
        check("cuDevicePrimaryCtxRetain", cudart.cuDevicePrimaryCtxRetain(device.context, device.device));
        try {
            device.load();
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
        return device;
    }

    private void load() {
        enter();
        // The driver reads up to the first zero.
        byte[] ptx = ptx();
        try (var text = new BytePointer(ptx.length + 1L)) {
            text.put(ptx, 0, ptx.length).put(ptx.length, (byte) 0);
            check("cuModuleLoadData", cudart.cuModuleLoadData(module, text));
        }
        for (var kernel : Kernel.values()) {
            var function = new CUfunc_st();
            check("cuModuleGetFunction", cudart.cuModuleGetFunction(function, module, kernel.symbol()));
            functions.put(kernel, function);
        }
    }

    static byte[] ptx() {
        try (var in = CudaDevice.class.getResourceAsStream(PTX)) {
            return Objects.requireNonNull(in, "no " + PTX + " in this build").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    CUfunc_st function(Kernel kernel) {
        return Objects.requireNonNull(functions.get(kernel));
    }

    /// Makes the device the calling thread's.
    void enter() {
        check("cuCtxSetCurrent", cudart.cuCtxSetCurrent(context));
    }

    static void check(String call, int code) {
        if (code != 0) {
            throw new CudaException(call, code, errorName(code));
        }
    }

    private static String errorName(int code) {
        try (var name = new PointerPointer<Pointer>(1)) {
            name.put(0, null);
            if (cudart.cuGetErrorName(code, name) != 0 || name.get(0) == null) {
                return "unknown error";
            }
            return name.getString(0);
        }
    }

    /// Gives the device back; what fails now failed before.
    @Override
    public void close() {
        if (!module.isNull()) {
            cudart.cuModuleUnload(module);
        }
        cudart.cuDevicePrimaryCtxRelease(device);
    }
}
