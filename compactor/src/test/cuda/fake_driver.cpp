// A libcuda.so.1 without a device, for tests: memory is malloc'ed and guarded, copies and kernels wait in their stream
// until it is synchronized (so that a host which reads too early is found out), and kernels are either the host build of
// downsample.cu or, after fake_run_ptx, the shipped PTX, of which PtxTranslator makes PTX_KERNELS. Failures can be ordered
// with fake_fail and fake_fail_call; those of code 700 and more stay until the context is given back, as a device's do.

#define HOST_EMU
#include "../../main/cuda/downsample.cu"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "ptx_machine.h"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-label"
#include PTX_KERNELS
#pragma GCC diagnostic pop

namespace {

const int INVALID_VALUE = 1;
const int OUT_OF_MEMORY = 2;
const int NO_DEVICE = 100;
const int INVALID_IMAGE = 200;
const int NOT_FOUND = 500;
const int ILLEGAL_ADDRESS = 700;
const size_t GUARD = 4096;
const u8 GUARD_BYTE = 0xa5;
const u8 FRESH_BYTE = 0xcd;

struct Allocation {
    size_t bytes;
    bool on_device;
};

std::recursive_mutex lock;
std::map<u64, Allocation> allocations;
bool is_ptx = false;
int sticky = 0;
long failing_call = 0;
int devices = 1;
int damaged = 0;
long calls = 0;
std::string failing;
int failing_after = 0;
int failing_code = 0;

struct Stream {
    std::vector<std::function<int()>> pending;
};

// 0, or the failure that was ordered for this call.
int entered(const char *function) {
    std::lock_guard<std::recursive_mutex> held(lock);
    calls++;
    if (sticky == 0 && (calls == failing_call || (failing == function && --failing_after == 0))) {
        sticky = failing_code >= ILLEGAL_ADDRESS ? failing_code : 0;
        return failing_code;
    }
    return sticky;
}

u64 allocate(size_t bytes, bool on_device) {
    std::lock_guard<std::recursive_mutex> held(lock);
    u8 *memory = (u8 *)malloc(bytes + 2 * GUARD);
    if (memory == nullptr) {
        return 0;
    }
    memset(memory, GUARD_BYTE, GUARD);
    memset(memory + GUARD, FRESH_BYTE, bytes);
    memset(memory + GUARD + bytes, GUARD_BYTE, GUARD);
    u64 address = (u64)(memory + GUARD);
    allocations[address] = {bytes, on_device};
    return address;
}

int release(u64 address) {
    std::lock_guard<std::recursive_mutex> held(lock);
    auto found = allocations.find(address);
    if (found == allocations.end()) {
        return INVALID_VALUE;
    }
    u8 *memory = (u8 *)address - GUARD;
    for (size_t i = 0; i < GUARD; i++) {
        if (memory[i] != GUARD_BYTE || memory[GUARD + found->second.bytes + i] != GUARD_BYTE) {
            damaged++;
            break;
        }
    }
    free(memory);
    allocations.erase(found);
    return 0;
}

// Whether a range lies in one allocation of a kind.
bool is_ours(u64 address, size_t bytes, bool on_device) {
    std::lock_guard<std::recursive_mutex> held(lock);
    auto after = allocations.upper_bound(address);
    if (after == allocations.begin()) {
        return false;
    }
    auto found = std::prev(after);
    return found->second.on_device == on_device && address + bytes <= found->first + found->second.bytes;
}

using Launcher = std::function<std::function<void()>(void **)>;

// Copies the arguments at the launch, as the driver does.
template <typename... Types, size_t... Indices>
Launcher launcher(void (*kernel)(Types...), std::index_sequence<Indices...>) {
    return [kernel](void **parameters) {
        std::tuple<Types...> arguments(*(Types *)parameters[Indices]...);
        return std::function<void()>([kernel, arguments] { std::apply(kernel, arguments); });
    };
}

template <typename... Types>
Launcher launcher(void (*kernel)(Types...)) {
    return launcher(kernel, std::index_sequence_for<Types...>());
}

const std::map<std::string, Launcher> &kernels() {
    static const std::map<std::string, Launcher> all = {
        {"decode_chunks", launcher(decode_chunks)},
        {"measure_runs", launcher(measure_runs)},
        {"cut_batches", launcher(cut_batches)},
        {"aggregate_batches", launcher(aggregate_batches)},
        {"encode_streams", launcher(encode_streams)},
        {"sum_tiles", launcher(sum_tiles)},
        {"scan_tiles", launcher(scan_tiles)},
        {"place_batches", launcher(place_batches)},
        {"gather_streams", launcher(gather_streams)},
    };
    return all;
}

thread_local u32 emulated_threads;

Launcher ptx_launcher(const PtxKernel &kernel) {
    return [&kernel](void **given) {
        std::vector<std::vector<u8>> parameters;
        for (size_t i = 0; i < kernel.parameters.size(); i++) {
            parameters.emplace_back((u8 *)given[i], (u8 *)given[i] + kernel.parameters[i]);
        }
        return std::function<void()>([&kernel, parameters] {
            kernel.function(
                {parameters, emulated_lane / emulated_threads, emulated_threads, emulated_lane % emulated_threads});
        });
    };
}

const std::map<std::string, Launcher> &shipped_kernels() {
    static const std::map<std::string, Launcher> all = [] {
        std::map<std::string, Launcher> launchers;
        for (auto &kernel : ptx_kernels) {
            launchers[kernel.first] = ptx_launcher(kernel.second);
        }
        return launchers;
    }();
    return all;
}

// Every lane of a kernel, one after the other.
int run(const std::function<void()> &kernel, u32 blocks, u32 threads) {
    ptx_ranges.clear();
    {
        std::lock_guard<std::recursive_mutex> held(lock);
        for (auto &allocation : allocations) {
            if (allocation.second.on_device) {
                ptx_ranges.emplace_back(allocation.first, allocation.first + allocation.second.bytes);
            }
        }
    }
    emulated_threads = threads;
    for (u32 lane = 0; lane < blocks * threads; lane++) {
        emulated_lane = lane;
        kernel();
    }
    return ptx_faults == 0 ? 0 : ILLEGAL_ADDRESS;
}

} // namespace

#define CALL(name)                    \
    if (int code = entered(#name)) { \
        return code;                  \
    }

extern "C" {

long fake_reset() {
    std::lock_guard<std::recursive_mutex> held(lock);
    while (!allocations.empty()) {
        release(allocations.begin()->first);
    }
    devices = 1;
    damaged = 0;
    calls = 0;
    ptx_faults = 0;
    is_ptx = false;
    sticky = 0;
    failing_call = 0;
    failing.clear();
    return 0;
}

long fake_devices(int count) { return devices = count; }

// The `nth` call from now on of a function returns `code`.
long fake_fail(const char *function, int nth, int code) {
    std::lock_guard<std::recursive_mutex> held(lock);
    failing = function;
    failing_after = nth;
    failing_code = code;
    return 0;
}

// The `nth` call from now on of any function returns `code`.
long fake_fail_call(int nth, int code) {
    std::lock_guard<std::recursive_mutex> held(lock);
    failing_call = calls + nth;
    failing_code = code;
    return 0;
}

// Modules that are loaded from now on are the shipped PTX.
long fake_run_ptx() { return is_ptx = true; }

// Accesses of the PTX that were not aligned or outside of all memory.
long fake_faults() { return ptx_faults; }

long fake_calls() { return calls; }

// Allocations that are not freed.
long fake_allocations() { return (long)allocations.size(); }

// Allocations that were written outside their bounds.
long fake_damaged() { return damaged; }

int cuInit(unsigned) {
    CALL(cuInit)
    return devices == 0 ? NO_DEVICE : 0;
}

int cuDriverGetVersion(int *version) {
    CALL(cuDriverGetVersion)
    *version = 12090;
    return 0;
}

int cuGetErrorName(int code, const char **name) {
    *name = code == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_FAKE";
    return 0;
}

int cuDeviceGetCount(int *count) {
    CALL(cuDeviceGetCount)
    *count = devices;
    return 0;
}

int cuDeviceGet(int *device, int ordinal) {
    CALL(cuDeviceGet)
    *device = ordinal;
    return ordinal < devices ? 0 : INVALID_VALUE;
}

int cuDeviceGetName(char *name, int length, int) {
    CALL(cuDeviceGetName)
    strncpy(name, "fake device", (size_t)length);
    return 0;
}

int cuDevicePrimaryCtxRetain(void **context, int) {
    CALL(cuDevicePrimaryCtxRetain)
    *context = &allocations;
    return 0;
}

int cuDevicePrimaryCtxRelease_v2(int) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (sticky != 0) {
        while (!allocations.empty()) {
            release(allocations.begin()->first);
        }
        sticky = 0;
    }
    return 0;
}

int cuCtxSetCurrent(void *context) {
    CALL(cuCtxSetCurrent)
    return context == &allocations ? 0 : INVALID_VALUE;
}

int cuModuleLoadData(void **module, const void *image) {
    CALL(cuModuleLoadData)
    static int loaded;
    *module = &loaded;
    return strstr((const char *)image, ".version 6.3") == nullptr ? INVALID_IMAGE : 0;
}

int cuModuleUnload(void *) {
    CALL(cuModuleUnload)
    return 0;
}

int cuModuleGetFunction(void **function, void *, const char *name) {
    CALL(cuModuleGetFunction)
    auto &all = is_ptx ? shipped_kernels() : kernels();
    auto found = all.find(name);
    if (found == all.end()) {
        return NOT_FOUND;
    }
    *function = (void *)&found->second;
    return 0;
}

int cuMemAlloc_v2(u64 *address, size_t bytes) {
    CALL(cuMemAlloc)
    *address = bytes == 0 ? 0 : allocate(bytes, true);
    return bytes == 0 ? INVALID_VALUE : *address == 0 ? OUT_OF_MEMORY : 0;
}

int cuMemFree_v2(u64 address) {
    CALL(cuMemFree)
    return release(address);
}

int cuMemHostAlloc(void **address, size_t bytes, unsigned) {
    CALL(cuMemHostAlloc)
    *address = (void *)allocate(bytes, false);
    return *address == nullptr ? OUT_OF_MEMORY : 0;
}

int cuMemFreeHost(void *address) {
    CALL(cuMemFreeHost)
    return release((u64)address);
}

int cuMemcpyHtoDAsync_v2(u64 target, const void *source, size_t bytes, void *stream) {
    CALL(cuMemcpyHtoDAsync)
    if (!is_ours(target, bytes, true) || !is_ours((u64)source, bytes, false)) {
        return INVALID_VALUE;
    }
    ((Stream *)stream)->pending.push_back([=] { memcpy((void *)target, source, bytes); return 0; });
    return 0;
}

int cuMemcpyDtoHAsync_v2(void *target, u64 source, size_t bytes, void *stream) {
    CALL(cuMemcpyDtoHAsync)
    if (!is_ours(source, bytes, true) || !is_ours((u64)target, bytes, false)) {
        return INVALID_VALUE;
    }
    ((Stream *)stream)->pending.push_back([=] { memcpy(target, (void *)source, bytes); return 0; });
    return 0;
}

int cuStreamCreate(void **stream, unsigned) {
    CALL(cuStreamCreate)
    *stream = new Stream();
    return 0;
}

int cuStreamSynchronize(void *stream) {
    auto pending = std::move(((Stream *)stream)->pending);
    ((Stream *)stream)->pending.clear();
    CALL(cuStreamSynchronize)
    for (auto &work : pending) {
        if (int code = work()) {
            std::lock_guard<std::recursive_mutex> held(lock);
            return sticky = code;
        }
    }
    return 0;
}

int cuStreamDestroy_v2(void *stream) {
    CALL(cuStreamDestroy)
    delete (Stream *)stream;
    return 0;
}

int cuLaunchKernel(
    void *function, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned, unsigned, unsigned, void *stream,
    void **parameters, void **) {
    CALL(cuLaunchKernel)
    auto kernel = (*(const Launcher *)function)(parameters);
    ((Stream *)stream)->pending.push_back([=] { return run(kernel, blocks, threads); });
    return 0;
}

} // extern "C"
