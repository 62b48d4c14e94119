// Raw XOR chunks -> five encoded aggregate streams per batch, on a device. The CPU twin is RawFloatDownsampler; both
// give the same bits, because every sum is one lane's, in the order of the samples, of double additions alone.
//
// One source, two targets: nvcc makes PTX of it (see ptx.sh), and any C++ compiler with -DHOST_EMU makes functions that
// do one lane's work. No lane ever waits for another one: no shared memory, no barriers, no atomics.
//
//   decode_chunks      lane per chunk    bytes                 -> times, values, kept
//   measure_runs       lane per run      kept, times           -> extents              (the host cuts runs here)
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

// Reads bits from any byte on; at least 64 bytes follow the last chunk.
struct BitReader {
    const u64 *next;
    u64 high;
    u64 low;
    u32 used;
    u32 position;
};

DEVICE BitReader open_reader(const u64 *words, u32 offset) {
    BitReader in;
    in.next = words + (offset >> 3);
    in.high = swapped(*in.next++);
    in.low = swapped(*in.next++);
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
        in.low = swapped(*in.next++);
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

DEVICE u64 read_delta_of_delta(BitReader &in) {
    u64 word = peek(in);
    u64 field;
    switch (~word == 0 ? 4 : leading_zeros(~word)) {
        case 0: skip(in, 1); return 0;
        case 1: skip(in, 16); return signed_field(word << 2 >> 50, 14);
        case 2: skip(in, 20); return signed_field(word << 3 >> 47, 17);
        case 3: skip(in, 24); return signed_field(word << 4 >> 44, 20);
        default:
            skip(in, 4);
            field = peek(in);
            skip(in, 64);
            return field;
    }
}

// Stale markers, and samples before the one kept last, are left out.
DEVICE void keep(u64 time, u64 value, i64 &last_ms, u32 slot, i64 *times, u64 *values, u32 &kept) {
    if ((i64)time >= last_ms && value != STALE_MARKER) {
        last_ms = (i64)time;
        times[slot + kept] = (i64)time;
        values[slot + kept] = value;
        kept++;
    }
}

// The samples kept of one chunk, or CHUNK_FAILED.
DEVICE u32 decode(const u64 *words, u32 offset, u32 limit, u32 slot, i64 *times, u64 *values) {
    BitReader in = open_reader(words, offset);
    if (limit < 16) {
        return CHUNK_FAILED;
    }
    u32 count = (u32)(peek(in) >> 48);
    skip(in, 16);
    u32 kept = 0;
    if (count == 0) {
        return 0;
    }
    i64 last_ms = 0;
    u64 zigzag;
    if (!read_varint(in, limit, zigzag) || in.position + 64 > limit) {
        return CHUNK_FAILED;
    }
    u64 time = zigzag >> 1 ^ (0 - (zigzag & 1));
    u64 value = peek(in);
    skip(in, 64);
    keep(time, value, last_ms, slot, times, values, kept);
    u64 delta = 0;
    if (count > 1 && !read_varint(in, limit, delta)) {
        return CHUNK_FAILED;
    }
    u32 leading = 0;
    u32 significant = 0;
    for (u32 i = 1; i < count; i++) {
        if (i > 1) {
            delta += read_delta_of_delta(in);
        }
        time += delta;
        u64 word = peek(in);
        if (word >> 63 == 0) {
            skip(in, 1);
        } else {
            if (word >> 62 == 3) {
                leading = (u32)(word >> 57) & 0x1f;
                significant = (u32)(word >> 51) & 0x3f;
                significant = significant == 0 ? 64 : significant;
                skip(in, 13);
                if (leading + significant > 64) {
                    return CHUNK_FAILED;
                }
            } else {
                skip(in, 2);
                if (significant == 0) {
                    return CHUNK_FAILED;
                }
            }
            u64 field = peek(in) >> (64 - significant);
            skip(in, significant);
            value ^= field << (64 - leading - significant);
        }
        if (in.position > limit) {
            return CHUNK_FAILED;
        }
        keep(time, value, last_ms, slot, times, values, kept);
    }
    return kept;
}

// offsets: of each chunk in the bytes, and the end of the last one. slots: where each chunk's samples go; a chunk has
// as many as its header counts.
KERNEL(decode_chunks)(
    const u64 *words, const u32 *offsets, const u32 *slots, u32 chunks, i64 *times, u64 *values, u32 *kept) {
    u32 chunk = lane_number();
    if (chunk < chunks) {
        u32 offset = offsets[chunk];
        kept[chunk] = decode(words, offset, 8 * (offsets[chunk + 1] - offset), slots[chunk], times, values);
    }
}

// before: samples of the run that lie before each chunk.
KERNEL(measure_runs)(
    const u32 *run_ends, u32 runs, const u32 *slots, const u32 *kept, const i64 *times, u32 *before, Extent *extents) {
    u32 run = lane_number();
    if (run >= runs) {
        return;
    }
    Extent extent = {0, 0, 0, 0};
    u32 end = run_ends[run];
    for (u32 chunk = run == 0 ? 0 : run_ends[run - 1]; chunk < end; chunk++) {
        u32 samples = kept[chunk];
        before[chunk] = extent.samples;
        if (samples & CHUNK_FAILED) {
            extent.flags |= RUN_FAILED;
        } else if (samples > 0) {
            i64 first_ms = times[slots[chunk]];
            if (extent.samples == 0) {
                extent.first_ms = first_ms;
            } else if (first_ms < extent.last_ms) {
                extent.flags |= RUN_UNORDERED;
            }
            extent.last_ms = times[slots[chunk] + samples - 1];
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
    const u32 *run_ends, u32 runs, const u32 *slots, const u32 *kept, const i64 *times, const u32 *before,
    const Extent *extents, const Cut *cuts, i64 resolution_ms, Batch *batches) {
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

// The columns of all windows, one behind the other: times, counts, sums, minima, maxima, counters.
DEVICE void put_window(
    double *columns, u32 capacity, u32 window, i64 end_ms, u32 count, double sum, double min, double max,
    double counter) {
    u64 stride = capacity;
    ((i64 *)columns)[window] = end_ms;
    columns[stride + window] = (double)count;
    columns[2 * stride + window] = canonical(sum);
    columns[3 * stride + window] = min;
    columns[4 * stride + window] = max;
    columns[5 * stride + window] = canonical(counter);
}

// Every NaN is left out; the last window ends with the last sample.
KERNEL(aggregate_batches)(
    const u32 *slots, const u32 *kept, const i64 *times, const double *values, const Batch *batches, u32 batch_count,
    i64 resolution_ms, double *columns, u32 capacity, Ends *ends) {
    u32 lane = lane_number();
    if (lane >= batch_count) {
        return;
    }
    Batch batch = batches[lane];
    Ends out = {0, 0, 0, 0, 0};
    bool any = false;
    i64 time_ms = 0;
    i64 end_ms = 0;
    u32 count = 0;
    double sum = 0;
    double min = double_of(DOUBLE_MAX);
    double max = -double_of(DOUBLE_MAX);
    double counter = 0;
    double previous = 0;
    u32 chunk = batch.chunk;
    u32 index = batch.index;
    for (u32 left = batch.samples; left > 0; chunk++, index = 0) {
        u32 here = kept[chunk] - index;
        here = here < left ? here : left;
        left -= here;
        u32 slot = slots[chunk] + index;
        for (u32 end = slot + here; slot < end; slot++) {
            double value = values[slot];
            if (value != value) {
                continue;
            }
            time_ms = times[slot];
            if (!any) {
                any = true;
                out.first_ms = time_ms;
                out.first_value = bits_of(value);
                end_ms = window_end(time_ms, resolution_ms);
                counter = value;
            } else {
                if (time_ms > end_ms) {
                    put_window(columns, capacity, batch.first_window + out.windows, end_ms, count, sum, min, max, counter);
                    out.windows++;
                    end_ms = window_end(time_ms, resolution_ms);
                    count = 0;
                    sum = 0;
                    min = double_of(DOUBLE_MAX);
                    max = -double_of(DOUBLE_MAX);
                }
                counter = add(counter, value < previous ? value : subtract(value, previous));
            }
            count++;
            sum = add(sum, value);
            min = value < min ? value : min;
            max = value > max ? value : max;
            previous = value;
        }
    }
    if (any) {
        end_ms = time_ms < end_ms ? time_ms : end_ms;
        put_window(columns, capacity, batch.first_window + out.windows, end_ms, count, sum, min, max, counter);
        out.windows++;
        out.last_value = bits_of(previous);
    }
    ends[lane] = out;
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
    const Batch *batches, u32 batch_count, const double *columns, u32 capacity, const Ends *ends, u8 *slots,
    u64 plane_bytes, u32 *lengths) {
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

KERNEL(sum_tiles)(const u32 *lengths, u32 batch_count, u64 *sums) {
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
    const u32 *lengths, const Batch *batches, const Ends *ends, u32 batch_count, const double *columns,
    const u64 *sums, Place *places) {
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
    const u32 *lengths, const Batch *batches, u32 batch_count, const Place *places, const u8 *slots, u64 plane_bytes,
    u8 *payloads) {
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
