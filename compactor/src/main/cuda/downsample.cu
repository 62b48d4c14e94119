// Raw XOR chunks -> five encoded aggregate streams per batch, on a device. The CPU twin is RawFloatDownsampler; both
// give the same bits, because every sum is one lane's, in the order of the samples, of double additions alone.
//
// One source, two targets: nvcc makes PTX of it (see ptx.sh), and any C++ compiler with -DHOST_EMU makes functions that
// do one lane's work. No lane ever waits for another one: no shared memory, no barriers, no atomics.
//
//   decode_chunks      lane per chunk    bytes                 -> times, values, kept, bounds
//   measure_runs       lane per run      kept, bounds          -> before, extents      (the host cuts runs here)
//   cut_batches        lane per run      times, cuts           -> batches
//   aggregate_batches  lane per batch    times, values         -> window columns
//   encode_streams     lane per stream   window columns        -> slots, lengths
//   sum_tiles, scan_tiles, place_batches lengths               -> places
//   gather_streams     32 lanes a stream slots, places         -> payloads, back to back

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#ifdef HOST_EMU
#include <cstring>
static thread_local u32 emulated_lane;
#define KERNEL(name) void name
#define DEVICE static inline
DEVICE u32 lane_number() { return emulated_lane; }
DEVICE u32 leading_zeros(u64 x) { return (u32)__builtin_clzll(x); }
DEVICE u32 trailing_zeros(u64 x) { return (u32)__builtin_ctzll(x); }
DEVICE u64 swapped(u64 x) { return __builtin_bswap64(x); }
DEVICE u64 bits_of(double x) { u64 bits; memcpy(&bits, &x, 8); return bits; }
DEVICE double double_of(u64 bits) { double x; memcpy(&x, &bits, 8); return x; }
DEVICE double add(double a, double b) { return a + b; }
DEVICE double subtract(double a, double b) { return a - b; }
#define UNROLLED
#else
#define KERNEL(name) extern "C" __global__ void __launch_bounds__(128) name
#define DEVICE static __device__ __forceinline__
DEVICE u32 lane_number() { return blockIdx.x * blockDim.x + threadIdx.x; }
DEVICE u32 leading_zeros(u64 x) { return (u32)__clzll((i64)x); }
DEVICE u32 trailing_zeros(u64 x) { return (u32)__ffsll((i64)x) - 1; }
DEVICE u64 swapped(u64 x) {
    return (u64)__byte_perm((u32)x, 0, 0x0123) << 32 | __byte_perm((u32)(x >> 32), 0, 0x0123);
}
DEVICE u64 bits_of(double x) { return (u64)__double_as_longlong(x); }
DEVICE double double_of(u64 bits) { return __longlong_as_double((i64)bits); }
// The intrinsics are never contracted into a multiply-add.
DEVICE double add(double a, double b) { return __dadd_rn(a, b); }
DEVICE double subtract(double a, double b) { return __dsub_rn(a, b); }
#define UNROLLED _Pragma("unroll")
#endif

static const u64 STALE_MARKER = 0x7ff0000000000002ULL;
static const u64 COMPUTED_NAN = 0xfff8000000000000ULL;
static const u64 DOUBLE_MAX = 0x7fefffffffffffffULL;

// In `kept`: the chunk cannot be decoded.
static const u32 CHUNK_FAILED = 0x80000000u;

// In Extent.flags: a chunk failed, or begins before the one before ends. Such runs are the CPU's.
static const u32 RUN_FAILED = 1;
static const u32 RUN_UNORDERED = 2;

static const u32 STREAMS = 5;
static const u32 COUNTER = 4;
static const u32 XOR_ENCODING = 1;
static const u32 STREAM_SAMPLES_MAX = 0xffff;

// A stream of n samples needs at most 32 + 18 n bytes; a counter has two more samples than windows.
static const u32 SLOT_BYTES_PER_WINDOW = 18;
static const u32 SLOT_BYTES_PER_BATCH = 88;

static const u32 TILE = 64;

// Aggregation loads so many samples before it looks at the first, as memory answers late.
static const u32 SAMPLES_AHEAD = 8;

// Two numbers that go to memory at once.
struct alignas(16) Pair {
    u64 first;
    u64 second;
};

// What a run turned out to hold. 24 bytes.
struct Extent {
    i64 first_ms;
    i64 last_ms;
    u32 samples;
    u32 flags;
};

// How the host cuts a run; one more entry than runs, so that the ends are known. 12 bytes.
struct Cut {
    u32 batch_samples; // 0: not this device's
    u32 first_batch;
    u32 first_window;
};

// The samples of one output chunk. 16 bytes.
struct Batch {
    u32 chunk;
    u32 index;
    u32 samples;
    u32 first_window;
};

// What aggregation made of a batch, beside its windows. 32 bytes.
struct Ends {
    i64 first_ms;
    u64 first_value;
    u64 last_value;
    u32 windows;
    u32 unused;
};

// An output chunk for the host. 32 bytes.
struct Place {
    u64 end;
    i64 min_ms;
    i64 max_ms;
    u32 windows;
    u32 unused;
};

// Reads bits from any byte on, a word ahead of those that it needs; at least 64 bytes follow the last chunk.
struct BitReader {
    const u64 *next;
    u64 high;
    u64 low;
    u64 ahead;
    u32 used;
    u32 position;
};

DEVICE BitReader open_reader(const u64 *words, u32 offset) {
    BitReader in;
    in.next = words + (offset >> 3);
    in.high = swapped(*in.next++);
    in.low = swapped(*in.next++);
    in.ahead = *in.next++;
    in.used = 8 * (offset & 7);
    in.position = 0;
    return in;
}

// The next 64 bits.
DEVICE u64 peek(const BitReader &in) {
    return in.high << in.used | in.low >> 1 >> (63 - in.used);
}

// At most 64 bits.
DEVICE void skip(BitReader &in, u32 bits) {
    in.used += bits;
    in.position += bits;
    if (in.used >= 64) {
        in.used -= 64;
        in.high = in.low;
        in.low = swapped(in.ahead);
        in.ahead = *in.next++;
    }
}

// False if the number is cut, or longer than any.
DEVICE bool read_varint(BitReader &in, u32 limit, u64 &value) {
    value = 0;
    for (u32 shift = 0;; shift += 7) {
        if (shift > 63 || in.position + 8 > limit) {
            return false;
        }
        u64 part = peek(in) >> 56;
        skip(in, 8);
        value |= (part & 0x7f) << shift;
        if (part < 0x80) {
            return true;
        }
    }
}

// A field whose values lie in (-2^(width-1), 2^(width-1)].
DEVICE u64 signed_field(u64 field, u32 width) {
    return field > 1ULL << (width - 1) ? field - (1ULL << width) : field;
}

// The samples kept of a chunk, on their way to memory in pairs. Slots begin at even numbers.
struct Sink {
    i64 *times;
    u64 *values;
    i64 last_ms;
    u64 held_time;
    u64 held_value;
    u32 kept;
};

// Stale markers, and samples before the one kept last, are left out.
DEVICE void keep(Sink &out, u64 time, u64 value) {
    if ((i64)time >= out.last_ms && value != STALE_MARKER) {
        out.last_ms = (i64)time;
        if (out.kept & 1) {
            *(Pair *)(out.times + out.kept - 1) = {out.held_time, time};
            *(Pair *)(out.values + out.kept - 1) = {out.held_value, value};
        } else {
            out.held_time = time;
            out.held_value = value;
        }
        out.kept++;
    }
}

// False if the chunk cannot be decoded.
DEVICE bool decode(const u64 *words, u32 offset, u32 limit, u32 room, Sink &out) {
    BitReader in = open_reader(words, offset);
    if (limit < 16) {
        return false;
    }
    u32 count = (u32)(peek(in) >> 48);
    skip(in, 16);
    if (count == 0) {
        return true;
    }
    u64 zigzag;
    if (count > room || !read_varint(in, limit, zigzag) || in.position + 64 > limit) {
        return false;
    }
    u64 time = zigzag >> 1 ^ (0 - (zigzag & 1));
    u64 value = peek(in);
    skip(in, 64);
    keep(out, time, value);
    u64 delta = 0;
    if (count > 1 && !read_varint(in, limit, delta)) {
        return false;
    }
    u32 leading = 0;
    u32 significant = 0;
    for (u32 i = 1; i < count; i++) {
        // Both fields' control bits lie in one word, but for differences of 64 bits.
        u64 word = peek(in);
        u32 bits = 0;
        if (i > 1) {
            if (word >> 63 == 0) {
                bits = 1;
                word <<= 1;
            } else {
                u32 ones = leading_zeros(~word | 1);
                if (ones < 4) {
                    u32 width = 11 + 3 * ones;
                    delta += signed_field(word << (ones + 1) >> (64 - width), width);
                    bits = ones + 1 + width;
                    word <<= bits;
                } else {
                    skip(in, 4);
                    delta += peek(in);
                    skip(in, 64);
                    word = peek(in);
                }
            }
        }
        time += delta;
        if (word >> 63 == 0) {
            skip(in, bits + 1);
        } else {
            if (word >> 62 == 3) {
                leading = (u32)(word >> 57) & 0x1f;
                significant = (u32)(word >> 51) & 0x3f;
                significant = significant == 0 ? 64 : significant;
                bits += 11;
            }
            skip(in, bits + 2);
            if (significant == 0 || leading + significant > 64) {
                return false;
            }
            u64 field = peek(in) >> (64 - significant);
            skip(in, significant);
            value ^= field << (64 - leading - significant);
        }
        if (in.position > limit) {
            return false;
        }
        keep(out, time, value);
    }
    return true;
}

// offsets: of each chunk in the bytes, and the end of the last one. slots: where each chunk's samples go, even numbers,
// and the end of the last one's room. bounds: first and last time of what was kept.
KERNEL(decode_chunks)(
    const u64 *__restrict__ words, const u32 *__restrict__ offsets, const u32 *__restrict__ slots, u32 chunks,
    i64 *__restrict__ times, u64 *__restrict__ values, u32 *__restrict__ kept, Pair *__restrict__ bounds) {
    u32 chunk = lane_number();
    if (chunk >= chunks) {
        return;
    }
    u32 offset = offsets[chunk];
    u32 slot = slots[chunk];
    Sink out = {times + slot, values + slot, 0, 0, 0, 0};
    bool sound = decode(words, offset, 8 * (offsets[chunk + 1] - offset), slots[chunk + 1] - slot, out);
    if (out.kept & 1) {
        out.times[out.kept - 1] = (i64)out.held_time;
        out.values[out.kept - 1] = out.held_value;
    }
    kept[chunk] = sound ? out.kept : CHUNK_FAILED;
    if (out.kept > 0) {
        bounds[chunk] = {(u64)out.times[0], (u64)out.last_ms};
    }
}

// before: samples of the run that lie before each chunk.
KERNEL(measure_runs)(
    const u32 *__restrict__ run_ends, u32 runs, const u32 *__restrict__ kept, const Pair *__restrict__ bounds,
    u32 *__restrict__ before, Extent *__restrict__ extents) {
    u32 run = lane_number();
    if (run >= runs) {
        return;
    }
    Extent extent = {0, 0, 0, 0};
    u32 end = run_ends[run];
    for (u32 chunk = run == 0 ? 0 : run_ends[run - 1]; chunk < end; chunk++) {
        u32 samples = kept[chunk];
        // Loaded whether there is one or not, so that the loop does not wait for the memory in each turn.
        Pair bound = bounds[chunk];
        before[chunk] = extent.samples;
        if (samples & CHUNK_FAILED) {
            extent.flags |= RUN_FAILED;
        } else if (samples > 0) {
            if (extent.samples == 0) {
                extent.first_ms = (i64)bound.first;
            } else if ((i64)bound.first < extent.last_ms) {
                extent.flags |= RUN_UNORDERED;
            }
            extent.last_ms = (i64)bound.second;
            extent.samples += samples;
        }
    }
    extents[run] = extent;
}

// The last millisecond of the window that holds a time.
DEVICE i64 window_end(i64 time_ms, i64 resolution_ms) {
    return time_ms - time_ms % resolution_ms + resolution_ms - 1;
}

// Batches of a fixed number of samples, each extended to the end of its last window.
KERNEL(cut_batches)(
    const u32 *__restrict__ run_ends, u32 runs, const u32 *__restrict__ slots, const u32 *__restrict__ kept,
    const i64 *__restrict__ times, const u32 *__restrict__ before, const Extent *__restrict__ extents,
    const Cut *__restrict__ cuts, i64 resolution_ms, Batch *__restrict__ batches) {
    u32 run = lane_number();
    if (run >= runs || cuts[run].batch_samples == 0) {
        return;
    }
    u32 batch_samples = cuts[run].batch_samples;
    u32 samples = extents[run].samples;
    i64 first_end_ms = window_end(extents[run].first_ms, resolution_ms);
    u32 chunk_end = run_ends[run];
    u32 chunk = run == 0 ? 0 : run_ends[run - 1];
    u32 from = 0;
    for (u32 batch = cuts[run].first_batch; batch < cuts[run + 1].first_batch; batch++) {
        Batch cut = {0, 0, 0, 0};
        if (from < samples) {
            while (from >= before[chunk] + kept[chunk]) {
                chunk++;
            }
            cut.chunk = chunk;
            cut.index = from - before[chunk];
            i64 start_end_ms = window_end(times[slots[chunk] + cut.index], resolution_ms);
            u64 windows_before = (u64)((start_end_ms - first_end_ms) / resolution_ms);
            // No batch has more windows than samples, nor more than lie between its ends; so no two batches overlap.
            cut.first_window = cuts[run].first_window + (u32)(windows_before < from ? windows_before : from);
            u32 to = samples - from < batch_samples ? samples : from + batch_samples;
            while (to - 1 >= before[chunk] + kept[chunk]) {
                chunk++;
            }
            u32 index = to - 1 - before[chunk];
            i64 end_ms = window_end(times[slots[chunk] + index], resolution_ms);
            for (index++; to < samples; index++, to++) {
                while (index == kept[chunk] && chunk + 1 < chunk_end) {
                    chunk++;
                    index = 0;
                }
                if (times[slots[chunk] + index] > end_ms) {
                    break;
                }
            }
            cut.samples = to - from;
            from = to;
        }
        batches[batch] = cut;
    }
}

DEVICE double canonical(double value) {
    return value != value ? double_of(COMPUTED_NAN) : value;
}

// The windows of one batch, from its first sample on. The columns of all windows lie one behind the other: times,
// counts, sums, minima, maxima, counters.
struct Aggregator {
    double *window; // the next one to write
    u64 stride;
    i64 resolution_ms;
    i64 first_ms;
    double first;
    i64 time_ms;
    i64 end_ms;
    u32 count;
    u32 windows;
    double sum;
    double min;
    double max;
    double counter;
    double previous;
};

DEVICE void open_window(Aggregator &out, i64 end_ms) {
    out.end_ms = end_ms;
    out.count = 0;
    out.sum = 0;
    out.min = double_of(DOUBLE_MAX);
    out.max = -double_of(DOUBLE_MAX);
}

DEVICE void close_window(Aggregator &out, i64 end_ms) {
    *(i64 *)out.window = end_ms;
    out.window[out.stride] = (double)out.count;
    out.window[2 * out.stride] = canonical(out.sum);
    out.window[3 * out.stride] = out.min;
    out.window[4 * out.stride] = out.max;
    out.window[5 * out.stride] = canonical(out.counter);
    out.window++;
    out.windows++;
}

// Every NaN is left out. No time is negative, so the first sample lies behind the end that an aggregator begins with.
DEVICE void add_sample(Aggregator &out, i64 time_ms, double value) {
    if (value != value) {
        return;
    }
    bool first = out.end_ms < 0;
    if (time_ms > out.end_ms) {
        if (first) {
            out.first_ms = time_ms;
            out.first = value;
        } else {
            close_window(out, out.end_ms);
        }
        i64 next_ms = out.end_ms + out.resolution_ms;
        open_window(out, !first && time_ms <= next_ms ? next_ms : window_end(time_ms, out.resolution_ms));
    }
    double grown = add(out.counter, value < out.previous ? value : subtract(value, out.previous));
    out.counter = first ? value : grown;
    out.previous = value;
    out.time_ms = time_ms;
    out.count++;
    out.sum = add(out.sum, value);
    out.min = value < out.min ? value : out.min;
    out.max = value > out.max ? value : out.max;
}

// The last window ends with the last sample.
KERNEL(aggregate_batches)(
    const u32 *__restrict__ slots, const u32 *__restrict__ kept, const i64 *__restrict__ times,
    const double *__restrict__ values, const Batch *__restrict__ batches, u32 batch_count, i64 resolution_ms,
    double *__restrict__ columns, u32 capacity, Ends *__restrict__ ends) {
    u32 lane = lane_number();
    if (lane >= batch_count) {
        return;
    }
    Batch batch = batches[lane];
    Aggregator out = {columns + batch.first_window, capacity, resolution_ms, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0};
    u32 chunk = batch.chunk;
    u32 index = batch.index;
    for (u32 left = batch.samples; left > 0; chunk++, index = 0) {
        u32 here = kept[chunk] - index;
        here = here < left ? here : left;
        left -= here;
        u32 slot = slots[chunk] + index;
        u32 end = slot + here;
        for (; slot + SAMPLES_AHEAD <= end; slot += SAMPLES_AHEAD) {
            i64 next_times[SAMPLES_AHEAD];
            double next_values[SAMPLES_AHEAD];
            UNROLLED for (u32 i = 0; i < SAMPLES_AHEAD; i++) {
                next_times[i] = times[slot + i];
                next_values[i] = values[slot + i];
            }
            UNROLLED for (u32 i = 0; i < SAMPLES_AHEAD; i++) {
                add_sample(out, next_times[i], next_values[i]);
            }
        }
        for (; slot < end; slot++) {
            add_sample(out, times[slot], values[slot]);
        }
    }
    if (out.end_ms >= 0) {
        close_window(out, out.time_ms < out.end_ms ? out.time_ms : out.end_ms);
    }
    ends[lane] = {out.first_ms, bits_of(out.first), bits_of(out.previous), out.windows, 0};
}

// Writes bits into whole words, most significant first.
struct BitWriter {
    u64 *next;
    u64 pending;
    u32 used;
};

// `code` has no bits above `width`, which is 1 to 64.
DEVICE void put(BitWriter &out, u64 code, u32 width) {
    u32 free = 64 - out.used;
    if (width < free) {
        out.pending |= code << (free - width);
        out.used += width;
        return;
    }
    u32 rest = width - free;
    *out.next++ = swapped(out.pending | code >> rest);
    out.pending = rest == 0 ? 0 : code << (64 - rest);
    out.used = rest;
}

DEVICE void put_varint(BitWriter &out, u64 value) {
    for (; value >= 0x80; value >>= 7) {
        put(out, (value & 0x7f) | 0x80, 8);
    }
    put(out, value, 8);
}

DEVICE bool fits(i64 value, u32 width) {
    return -((1LL << (width - 1)) - 1) <= value && value <= 1LL << (width - 1);
}

DEVICE void put_delta_of_delta(BitWriter &out, i64 change) {
    if (change == 0) {
        put(out, 0, 1);
    } else if (fits(change, 14)) {
        put(out, 2ULL << 14 | ((u64)change & 0x3fff), 16);
    } else if (fits(change, 17)) {
        put(out, 6ULL << 17 | ((u64)change & 0x1ffff), 20);
    } else if (fits(change, 20)) {
        put(out, 14ULL << 20 | ((u64)change & 0xfffff), 24);
    } else {
        put(out, 15, 4);
        put(out, (u64)change, 64);
    }
}

struct ValueWidth {
    u32 leading;
    u32 trailing;
};

DEVICE void put_value(BitWriter &out, u64 difference, ValueWidth &width) {
    if (difference == 0) {
        put(out, 0, 1);
        return;
    }
    u32 leading = leading_zeros(difference);
    leading = leading > 31 ? 31 : leading;
    u32 trailing = trailing_zeros(difference);
    if (width.leading <= leading && width.trailing <= trailing) {
        put(out, 2, 2);
    } else {
        width.leading = leading;
        width.trailing = trailing;
        put(out, 3ULL << 11 | (u64)leading << 6 | ((64 - leading - trailing) & 0x3f), 13);
    }
    put(out, difference >> width.trailing, 64 - width.leading - width.trailing);
}

DEVICE u64 slot_offset(const Batch &batch, u32 batch_number, u32 stream, u64 plane_bytes) {
    u64 offset = (u64)SLOT_BYTES_PER_WINDOW * batch.first_window + (u64)SLOT_BYTES_PER_BATCH * batch_number;
    return stream * plane_bytes + (offset & ~7ULL);
}

// One XOR chunk of `windows` values; a counter has the first raw sample before them and the last raw value behind.
// Returns its length in bytes.
DEVICE u32 encode(const i64 *times, const u64 *values, const Ends &ends, bool counter, u64 *slot) {
    u32 samples = counter ? ends.windows + 2 : ends.windows;
    BitWriter out = {slot, 0, 0};
    put(out, samples, 16);
    i64 time = counter ? ends.first_ms : times[0];
    u64 value = counter ? ends.first_value : values[0];
    u64 delta = 0;
    put_varint(out, (u64)time << 1 ^ (u64)(time >> 63));
    put(out, value, 64);
    ValueWidth width = {64, 0};
    for (u32 i = 1; i < samples; i++) {
        u32 window = counter ? i - 1 : i;
        bool closing = window == ends.windows;
        window = closing ? window - 1 : window;
        i64 next_time = times[window];
        u64 next_value = closing ? ends.last_value : values[window];
        u64 next_delta = (u64)next_time - (u64)time;
        if (i == 1) {
            put_varint(out, next_delta);
        } else {
            put_delta_of_delta(out, (i64)(next_delta - delta));
        }
        put_value(out, next_value ^ value, width);
        time = next_time;
        delta = next_delta;
        value = next_value;
    }
    if (out.used > 0) {
        *out.next = swapped(out.pending);
    }
    return (u32)((u8 *)out.next - (u8 *)slot) + (out.used + 7) / 8;
}

// Lanes of one warp encode the same aggregate. lengths: of the five streams of a batch, side by side; 0 for none.
KERNEL(encode_streams)(
    const Batch *__restrict__ batches, u32 batch_count, const double *__restrict__ columns, u32 capacity,
    const Ends *__restrict__ ends, u8 *__restrict__ slots, u64 plane_bytes, u32 *__restrict__ lengths) {
    u32 lane = lane_number();
    u32 stream = lane / batch_count;
    if (stream >= STREAMS) {
        return;
    }
    u32 number = lane % batch_count;
    Batch batch = batches[number];
    Ends end = ends[number];
    u32 length = 0;
    if (end.windows > 0 && end.windows + 2 <= STREAM_SAMPLES_MAX) {
        const i64 *times = (const i64 *)columns + batch.first_window;
        const u64 *values = (const u64 *)columns + (u64)(stream + 1) * capacity + batch.first_window;
        u64 *slot = (u64 *)(slots + slot_offset(batch, number, stream, plane_bytes));
        length = encode(times, values, end, stream == COUNTER, slot);
    }
    lengths[STREAMS * number + stream] = length;
}

DEVICE u32 varint_bytes(u32 value) {
    u32 bytes = 1;
    for (; value >= 0x80; value >>= 7) {
        bytes++;
    }
    return bytes;
}

// In the payload: length, encoding, stream.
DEVICE u32 framed_bytes(u32 length) {
    return length == 0 ? 0 : varint_bytes(length) + 1 + length;
}

DEVICE u32 payload_bytes(const u32 *lengths, u32 batch) {
    u32 bytes = 0;
    for (u32 stream = 0; stream < STREAMS; stream++) {
        bytes += framed_bytes(lengths[STREAMS * batch + stream]);
    }
    return bytes;
}

KERNEL(sum_tiles)(const u32 *__restrict__ lengths, u32 batch_count, u64 *__restrict__ sums) {
    u32 tile = lane_number();
    if ((u64)TILE * tile >= batch_count) {
        return;
    }
    u64 sum = 0;
    u32 end = batch_count - TILE * tile < TILE ? batch_count : TILE * tile + TILE;
    for (u32 batch = TILE * tile; batch < end; batch++) {
        sum += payload_bytes(lengths, batch);
    }
    sums[tile] = sum;
}

// One lane: each sum becomes what lies before it.
KERNEL(scan_tiles)(u64 *sums, u32 tiles) {
    if (lane_number() != 0) {
        return;
    }
    u64 before = 0;
    for (u32 tile = 0; tile < tiles; tile++) {
        u64 sum = sums[tile];
        sums[tile] = before;
        before += sum;
    }
}

KERNEL(place_batches)(
    const u32 *__restrict__ lengths, const Batch *__restrict__ batches, const Ends *__restrict__ ends, u32 batch_count,
    const double *__restrict__ columns, const u64 *__restrict__ sums, Place *__restrict__ places) {
    u32 tile = lane_number();
    if ((u64)TILE * tile >= batch_count) {
        return;
    }
    u64 end = sums[tile];
    u32 last = batch_count - TILE * tile < TILE ? batch_count : TILE * tile + TILE;
    for (u32 batch = TILE * tile; batch < last; batch++) {
        end += payload_bytes(lengths, batch);
        Place place = {end, 0, 0, ends[batch].windows, 0};
        if (place.windows > 0) {
            const i64 *times = (const i64 *)columns + batches[batch].first_window;
            place.min_ms = times[0];
            place.max_ms = times[place.windows - 1];
        }
        places[batch] = place;
    }
}

// 32 lanes copy one stream.
KERNEL(gather_streams)(
    const u32 *__restrict__ lengths, const Batch *__restrict__ batches, u32 batch_count,
    const Place *__restrict__ places, const u8 *__restrict__ slots, u64 plane_bytes, u8 *__restrict__ payloads) {
    u32 stream_number = lane_number() / 32;
    u32 batch = stream_number / STREAMS;
    if (batch >= batch_count) {
        return;
    }
    u32 stream = stream_number % STREAMS;
    u32 length = lengths[stream_number];
    if (length == 0) {
        return;
    }
    u64 at = places[batch].end;
    for (u32 later = stream; later < STREAMS; later++) {
        at -= framed_bytes(lengths[STREAMS * batch + later]);
    }
    u32 first = lane_number() % 32;
    if (first == 0) {
        u64 header = at;
        u32 rest = length;
        for (; rest >= 0x80; rest >>= 7) {
            payloads[header++] = (u8)(rest | 0x80);
        }
        payloads[header++] = (u8)rest;
        payloads[header] = XOR_ENCODING;
    }
    at += varint_bytes(length) + 1;
    const u8 *source = slots + slot_offset(batches[batch], batch, stream, plane_bytes);
    for (u32 i = first; i < length; i += 32) {
        payloads[at + i] = source[i];
    }
}
