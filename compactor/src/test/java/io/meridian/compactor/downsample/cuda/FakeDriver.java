package io.meridian.compactor.downsample.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// The CUDA driver that is no device: `fake_driver.cpp` compiled once, and loaded in place of the real one.
final class FakeDriver {
    private static final Path MAIN = root().resolve("src/main/cuda");
    private static final Path TEST = root().resolve("src/test/cuda");

    private static final Path PTX =
            root().resolve("src/main/resources/io/meridian/compactor/downsample/cuda/" + CudaDevice.PTX);
    private static final Path TRANSLATOR =
            root().resolve("src/test/java/io/meridian/compactor/downsample/cuda/PtxTranslator.java");

    private static boolean loaded;

    private FakeDriver() {}

    private static Path root() {
        return Files.isDirectory(Path.of("src/main/cuda")) ? Path.of("") : Path.of("compactor");
    }

    static Path source() {
        return MAIN.resolve("downsample.cu");
    }

    /// Loads it as it is before the first call; skips the calling test where it cannot be compiled.
    static synchronized void require() {
        if (!loaded) {
            Assumptions.assumeTrue(isOnPath("g++") && isOnPath("gcc"), "no g++ here to build the kernels for the host");
            load();
            loaded = true;
        }
        call("fake_reset");
    }

    /// Compiles and loads, once in a process.
    static void load() {
        Path directory = compiled();
        System.load(directory.resolve("libcudart.so.12").toAbsolutePath().toString());
        System.load(directory.resolve("libcuda.so.1").toAbsolutePath().toString());
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Path compiled() {
        try {
            var sources = List.of(
                    source(),
                    PTX,
                    TRANSLATOR,
                    TEST.resolve("ptx_machine.h"),
                    TEST.resolve("fake_driver.cpp"),
                    TEST.resolve("fake_runtime.c"),
                    TEST.resolve("fake_runtime.map"));
            var digest = MessageDigest.getInstance("SHA-256");
            for (Path source : sources) {
                digest.update(Files.readAllBytes(source));
            }
            Path directory = root().resolve("target/fake-driver")
                    .resolve(HexFormat.of().formatHex(digest.digest()).substring(0, 16));
            if (!Files.exists(directory)) {
                Path work = Files.createDirectories(directory.resolveSibling(
                        "new-" + ProcessHandle.current().pid()));
                compile(work);
                Files.move(work, directory, StandardCopyOption.ATOMIC_MOVE);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void compile(Path target) throws IOException {
        Path translated = target.resolve("ptx_kernels.h").toAbsolutePath();
        Files.writeString(translated, PtxTranslator.translate(Files.readString(PTX)));
        execute(
                "g++",
                "-std=c++17",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-ffp-contract=off",
                "-fPIC",
                "-shared",
                "-DPTX_KERNELS=\"" + translated + "\"",
                TEST.resolve("fake_driver.cpp").toString(),
                "-Wl,-soname,libcuda.so.1",
                "-o",
                target.resolve("libcuda.so.1").toString());
        execute(
                "gcc",
                "-fPIC",
                "-shared",
                TEST.resolve("fake_runtime.c").toString(),
                "-Wl,-soname,libcudart.so.12",
                "-Wl,--version-script=" + TEST.resolve("fake_runtime.map"),
                "-o",
                target.resolve("libcudart.so.12").toString());
    }

    private static void execute(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command[0] + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The `nth` call of a driver's function from now on fails.
    static void fail(String function, int nth, int code) {
        try (Arena arena = Arena.ofConfined()) {
            call("fake_fail", arena.allocateFrom(function), nth, code);
        }
    }

    /// The `nth` call of any function from now on fails.
    static void failCall(int nth, int code) {
        call("fake_fail_call", nth, code);
    }

    /// The shipped PTX runs from now on, in place of the host build of its source.
    static void usePtx() {
        call("fake_run_ptx");
    }

    static void devices(int count) {
        call("fake_devices", count);
    }

    /// Calls of the driver so far.
    static long calls() {
        return call("fake_calls");
    }

    static void assertNothingLeft() {
        assertLeft(0);
    }

    /// @param allocationsMax that may be left
    static void assertLeft(int allocationsMax) {
        long allocations = call("fake_allocations");
        long damaged = call("fake_damaged");
        long faults = call("fake_faults");
        if (allocations > allocationsMax || damaged != 0 || faults != 0) {
            throw new AssertionError(allocations + " allocations not freed, " + damaged
                    + " allocations written outside, " + faults + " faulty accesses");
        }
    }

    private static long call(String function, Object... arguments) {
        var layouts = new ArrayList<MemoryLayout>();
        for (Object argument : arguments) {
            layouts.add(argument instanceof Integer ? ValueLayout.JAVA_INT : ValueLayout.ADDRESS);
        }
        var descriptor = FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts.toArray(MemoryLayout[]::new));
        var symbol = SymbolLookup.libraryLookup("libcuda.so.1", Arena.global()).findOrThrow(function);
        try {
            Object result =
                    Linker.nativeLinker().downcallHandle(symbol, descriptor).invokeWithArguments(arguments);
            return (long) result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
