// What the C++ made of PTX by PtxTranslator calls. Every access is aligned and inside of an allocation, or it is counted
// as a fault and not done.

typedef unsigned short u16;
typedef short i16;
typedef int i32;

struct PtxLane {
    const std::vector<std::vector<u8>> &parameters;
    u32 block;
    u32 threads;
    u32 thread;

    template <typename T>
    T parameter(size_t number) const {
        T value;
        if (parameters[number].size() != sizeof value) {
            abort();
        }
        memcpy(&value, parameters[number].data(), sizeof value);
        return value;
    }
};

struct PtxKernel {
    void (*function)(const PtxLane &);
    std::vector<size_t> parameters; // bytes of each
};

// Ranges of addresses that a launch may touch, in their order.
static thread_local std::vector<std::pair<u64, u64>> ptx_ranges;
static std::atomic<long> ptx_faults;

static inline u64 ptx_aligned(u64 address, u64 bytes) {
    if (address % bytes != 0) {
        ptx_faults++;
    }
    return address;
}

static inline bool ptx_is_inside(u64 address, u64 bytes) {
    for (size_t from = 0, to = ptx_ranges.size(); from < to;) {
        size_t middle = (from + to) / 2;
        if (address < ptx_ranges[middle].first) {
            to = middle;
        } else if (address + bytes > ptx_ranges[middle].second) {
            from = middle + 1;
        } else {
            return true;
        }
    }
    ptx_faults++;
    return false;
}

template <typename T>
static inline T ptx_load(u64 address) {
    T value = 0;
    if (ptx_is_inside(address, sizeof value)) {
        memcpy(&value, (const void *)address, sizeof value);
    }
    return value;
}

template <typename T>
static inline void ptx_store(u64 address, T value) {
    if (ptx_is_inside(address, sizeof value)) {
        memcpy((void *)address, &value, sizeof value);
    }
}

// Shifts by the width and more leave nothing, or the sign alone.
template <typename T>
static inline T ptx_shift_left(T value, u32 bits) {
    return bits >= 8 * sizeof value ? 0 : (T)(value << bits);
}

template <typename T>
static inline T ptx_shift_right(T value, u32 bits) {
    return bits < 8 * sizeof value ? (T)(value >> bits) : (T)((value >> (8 * sizeof value - 1)) >> 1);
}

static inline u32 ptx_permute(u32 a, u32 b, u32 selector) {
    u64 bytes = (u64)b << 32 | a;
    u32 result = 0;
    for (int i = 0; i < 4; i++) {
        u32 which = selector >> (4 * i) & 15;
        u32 byte = (u32)(bytes >> (8 * (which & 7))) & 0xff;
        result |= (which & 8 ? (byte >> 7) * 0xff : byte) << (8 * i);
    }
    return result;
}

template <typename T>
static inline T ptx_insert(T field, T into, u32 position, u32 length) {
    T mask = 0;
    for (u32 bit = position; bit < position + length && bit < 8 * sizeof mask; bit++) {
        mask |= (T)1 << bit;
    }
    return (into & ~mask) | (ptx_shift_left(field, position) & mask);
}
