package io.meridian.compactor.downsample.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;

/// Looks for a driver and a device before any class of the bindings is touched: those end the process where the driver
/// lacks a function.
final class CudaProbe {
    /// Every function that [CudaDevice], [DeviceStream] and the buffers call, by the names that the bindings use.
    static final List<String> FUNCTIONS = List.of(
            "cuInit",
            "cuDriverGetVersion",
            "cuGetErrorName",
            "cuDeviceGetCount",
            "cuDeviceGet",
            "cuDeviceGetName",
            "cuDevicePrimaryCtxRetain",
            "cuDevicePrimaryCtxRelease_v2",
            "cuCtxSetCurrent",
            "cuModuleLoadData",
            "cuModuleUnload",
            "cuModuleGetFunction",
            "cuMemAlloc_v2",
            "cuMemFree_v2",
            "cuMemHostAlloc",
            "cuMemFreeHost",
            "cuMemcpyHtoDAsync_v2",
            "cuMemcpyDtoHAsync_v2",
            "cuStreamCreate",
            "cuStreamSynchronize",
            "cuStreamDestroy_v2",
            "cuLaunchKernel");

    private static final String DRIVER = "libcuda.so.1";
    private static final String RUNTIME = "libcudart.so.12";
    private static final int VERSION_MIN = 12_000;

    private CudaProbe() {}

    /// Why there is no CUDA here; empty if there is.
    @SuppressWarnings("restricted")
    static String reasonAgainst() {
        if (!System.getProperty("os.name", "").equals("Linux")
                || !List.of("amd64", "x86_64").contains(System.getProperty("os.arch", ""))) {
            return "CUDA is used on Linux on x86-64 only";
        }
        SymbolLookup driver;
        try {
            driver = SymbolLookup.libraryLookup(DRIVER, Arena.global());
            FUNCTIONS.forEach(driver::findOrThrow);
        } catch (IllegalArgumentException e) {
            return "no CUDA driver (" + DRIVER + " is not on the library path)";
        } catch (NoSuchElementException e) {
            return "the CUDA driver is too old or no driver: " + e.getMessage();
        }
        try (Arena arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_INT);
            var linker = Linker.nativeLinker();
            var withInt = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            var withPointer = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
            int code = (int)
                    linker.downcallHandle(driver.findOrThrow("cuInit"), withInt).invokeExact(0);
            if (code != 0) {
                return "the CUDA driver finds no device (cuInit: " + code + ")";
            }
            code = (int) linker.downcallHandle(driver.findOrThrow("cuDriverGetVersion"), withPointer)
                    .invokeExact(out);
            int version = out.get(ValueLayout.JAVA_INT, 0);
            if (code != 0 || version < VERSION_MIN) {
                return String.format(
                        Locale.ROOT,
                        "the CUDA driver is for CUDA %d.%d, at least 12.0 is needed",
                        version / 1000,
                        version % 1000 / 10);
            }
            code = (int) linker.downcallHandle(driver.findOrThrow("cuDeviceGetCount"), withPointer)
                    .invokeExact(out);
            if (code != 0 || out.get(ValueLayout.JAVA_INT, 0) == 0) {
                return "the CUDA driver finds no device";
            }
        } catch (Throwable e) {
            return "the CUDA driver cannot be called: " + e;
        }
        try {
            SymbolLookup.libraryLookup(RUNTIME, Arena.global());
        } catch (IllegalArgumentException e) {
            return "there is a CUDA driver, but the bindings need " + RUNTIME
                    + " too: install the CUDA 12 runtime (package cuda-cudart-12-x) or put it on LD_LIBRARY_PATH";
        }
        return "";
    }
}
