package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.AggregateBatch;
import io.meridian.compactor.downsample.RawBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/// One group after the other through the device: upload, decode, cut, aggregate, encode, download. Has its own stream
/// and memory, so that several work side by side. One thread at a time.
final class GroupDownsampler implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    /// What the bit reader may read behind the last chunk.
    private static final int PADDING = 64;

    private static final int STREAMS = 5;
    private static final int COLUMNS = 6;
    private static final int BOUND_BYTES = 16;
    private static final int BATCH_BYTES = 16;
    private static final int ENDS_BYTES = 32;
    private static final int PLACE_BYTES = 32;
    private static final int SLOT_BYTES_PER_WINDOW = 18;
    private static final int SLOT_BYTES_PER_BATCH = 88;
    private static final int TILE = 64;
    private static final int LANES_PER_COPY = 32;
    private static final int STREAM_SAMPLES_MAX = 0xffff;

    private final CudaDevice device;
    private final DeviceStream stream;
    private final DeviceBuffer chunkMemory = new DeviceBuffer();
    private final DeviceBuffer batchMemory = new DeviceBuffer();
    private final DeviceBuffer payloadMemory = new DeviceBuffer();
    private final PinnedBuffer upload = new PinnedBuffer();
    private final PinnedBuffer extents = new PinnedBuffer();
    private final PinnedBuffer cutsUpload = new PinnedBuffer();
    private final PinnedBuffer places = new PinnedBuffer();
    private final PinnedBuffer payloads = new PinnedBuffer();
    private final RunCuts cuts = new RunCuts();

    // Where things are on the device, for the group at hand; the tables of the upload first.
    private int runs;
    private int chunks;
    private long input;
    private long inputBytes;
    private long offsets;
    private long slots;
    private long runEnds;
    private long times;
    private long values;
    private long kept;
    private long bounds;
    private long before;
    private long extentTable;

    private int batches;
    private int windows;
    private long planeBytes;
    private long cutTable;
    private long batchTable;
    private long columns;
    private long ends;
    private long encoded;
    private long lengths;
    private long sums;
    private long placeTable;

    private long payloadBytes;
    private long packed;

    GroupDownsampler(CudaDevice device) {
        this.device = device;
        this.stream = new DeviceStream(device);
    }

    /// Adds the group's runs, in their order, to `out`. Runs that the device cannot do are left empty there.
    ///
    /// @return those, numbered within the group; valid until the next call
    /// @throws CudaException if the driver reports an error; `out` is of no use then
    BitSet downsample(RawBatch batch, RunGroup group, long resolutionMs, AggregateBatch out) {
        device.enter();
        stage(batch, group);
        compute(resolutionMs);
        collect(out);
        return cuts.forCpu();
    }

    /// From pinned memory to pinned memory.
    void compute(long resolutionMs) {
        transfer();
        launchDecode();
        stream.download(extentTable, extents, RunCuts.EXTENT_BYTES * runs);
        stream.synchronize();
        plan(resolutionMs);
        payloadBytes = 0;
        if (batches > 0) {
            stream.upload(cutsUpload, cutTable, RunCuts.CUT_BYTES * (runs + 1L));
            launchCut(resolutionMs);
            launchAggregate(resolutionMs);
            launchEncode();
            launchPlace();
            stream.download(placeTable, places, (long) PLACE_BYTES * batches);
            stream.synchronize();
            makeRoomForPayloads();
            launchGather();
            if (payloadBytes > 0) {
                stream.download(packed, payloads, payloadBytes);
            }
            stream.synchronize();
        }
    }

    /// Puts the group's chunks, and the tables about them, into pinned memory.
    void stage(RawBatch batch, RunGroup group) {
        runs = group.toRun() - group.fromRun();
        int firstChunk = batch.firstChunk(group.fromRun());
        chunks = batch.endChunk(group.toRun() - 1) - firstChunk;
        int base = chunks == 0 ? 0 : batch.chunkOffset(firstChunk);
        int lastChunk = firstChunk + chunks - 1;
        int bytes = chunks == 0 ? 0 : batch.chunkOffset(lastChunk) + batch.chunkLength(lastChunk) - base;

        var layout = new Layout();
        layout.add(bytes + PADDING);
        long offsetsAt = layout.add(4L * (chunks + 1));
        long slotsAt = layout.add(4L * (chunks + 1));
        long runEndsAt = layout.add(4L * runs);
        inputBytes = layout.bytes();
        // Each chunk begins at an even number.
        long room = group.samples() + chunks;
        long timesAt = layout.add(8 * room);
        long valuesAt = layout.add(8 * room);
        long keptAt = layout.add(4L * chunks);
        long boundsAt = layout.add((long) BOUND_BYTES * chunks);
        long beforeAt = layout.add(4L * chunks);
        long extentsAt = layout.add(RunCuts.EXTENT_BYTES * runs);
        input = chunkMemory.ensure(layout.bytes());
        offsets = input + offsetsAt;
        slots = input + slotsAt;
        runEnds = input + runEndsAt;
        times = input + timesAt;
        values = input + valuesAt;
        kept = input + keptAt;
        bounds = input + boundsAt;
        before = input + beforeAt;
        extentTable = input + extentsAt;
        extents.ensure(RunCuts.EXTENT_BYTES * runs);

        MemorySegment host = upload.ensure(inputBytes);
        MemorySegment.copy(batch.array(), base, host, ValueLayout.JAVA_BYTE, 0, bytes);
        int slot = 0;
        for (int i = 0; i < chunks; i++) {
            host.set(INT, offsetsAt + 4L * i, batch.chunkOffset(firstChunk + i) - base);
            host.set(INT, slotsAt + 4L * i, slot);
            int samples = batch.chunkSamples(firstChunk + i);
            slot += samples + (samples & 1);
        }
        host.set(INT, offsetsAt + 4L * chunks, bytes);
        host.set(INT, slotsAt + 4L * chunks, slot);
        for (int run = 0; run < runs; run++) {
            host.set(INT, runEndsAt + 4L * run, batch.endChunk(group.fromRun() + run) - firstChunk);
        }
    }

    void transfer() {
        stream.upload(upload, input, inputBytes);
    }

    void launchDecode() {
        stream.launch(
                CudaDevice.Kernel.DECODE_CHUNKS, chunks, input, offsets, slots, chunks, times, values, kept, bounds);
        stream.launch(CudaDevice.Kernel.MEASURE_RUNS, runs, runEnds, runs, kept, bounds, before, extentTable);
    }

    /// Cuts the runs, now that their extents are known, and finds room for what becomes of them.
    private void plan(long resolutionMs) {
        cuts.plan(runs, extents.ensure(0), resolutionMs, cutsUpload.ensure(RunCuts.CUT_BYTES * (runs + 1L)));
        batches = cuts.firstBatch(runs);
        windows = cuts.windows();
        planeBytes = ((long) SLOT_BYTES_PER_WINDOW * windows + (long) SLOT_BYTES_PER_BATCH * batches + 7) & ~7L;
        var layout = new Layout();
        long cutsAt = layout.add(RunCuts.CUT_BYTES * (runs + 1L));
        long batchesAt = layout.add((long) BATCH_BYTES * batches);
        long columnsAt = layout.add(8L * COLUMNS * windows);
        long endsAt = layout.add((long) ENDS_BYTES * batches);
        long encodedAt = layout.add(STREAMS * planeBytes);
        long lengthsAt = layout.add(4L * STREAMS * batches);
        long sumsAt = layout.add(8L * tiles());
        long placesAt = layout.add((long) PLACE_BYTES * batches);
        long memory = batchMemory.ensure(layout.bytes());
        cutTable = memory + cutsAt;
        batchTable = memory + batchesAt;
        columns = memory + columnsAt;
        ends = memory + endsAt;
        encoded = memory + encodedAt;
        lengths = memory + lengthsAt;
        sums = memory + sumsAt;
        placeTable = memory + placesAt;
        places.ensure((long) PLACE_BYTES * batches);
    }

    private int tiles() {
        return (batches + TILE - 1) / TILE;
    }

    void launchCut(long resolutionMs) {
        stream.launch(
                CudaDevice.Kernel.CUT_BATCHES,
                runs,
                runEnds,
                runs,
                slots,
                kept,
                times,
                before,
                extentTable,
                cutTable,
                resolutionMs,
                batchTable);
    }

    void launchAggregate(long resolutionMs) {
        stream.launch(
                CudaDevice.Kernel.AGGREGATE_BATCHES,
                batches,
                slots,
                kept,
                times,
                values,
                batchTable,
                batches,
                resolutionMs,
                columns,
                windows,
                ends);
    }

    void launchEncode() {
        stream.launch(
                CudaDevice.Kernel.ENCODE_STREAMS,
                (long) STREAMS * batches,
                batchTable,
                batches,
                columns,
                windows,
                ends,
                encoded,
                planeBytes,
                lengths);
    }

    void launchPlace() {
        stream.launch(CudaDevice.Kernel.SUM_TILES, tiles(), lengths, batches, sums);
        stream.launch(CudaDevice.Kernel.SCAN_TILES, 1, sums, tiles());
        stream.launch(
                CudaDevice.Kernel.PLACE_BATCHES,
                tiles(),
                lengths,
                batchTable,
                ends,
                batches,
                columns,
                sums,
                placeTable);
    }

    private void makeRoomForPayloads() {
        payloadBytes = places.ensure(0).get(LONG, PLACE_BYTES * (batches - 1L));
        packed = payloadMemory.ensure(payloadBytes);
        payloads.ensure(payloadBytes);
    }

    void launchGather() {
        stream.launch(
                CudaDevice.Kernel.GATHER_STREAMS,
                (long) LANES_PER_COPY * STREAMS * batches,
                lengths,
                batchTable,
                batches,
                placeTable,
                encoded,
                planeBytes,
                packed);
    }

    /// Waits for what is queued.
    void await() {
        stream.synchronize();
    }

    /// Bytes that came back.
    long payloadBytes() {
        return payloadBytes;
    }

    private void collect(AggregateBatch out) {
        MemorySegment table = places.ensure(0);
        MemorySegment bytes = payloads.ensure(0);
        long start = 0;
        for (int run = 0; run < runs; run++) {
            if (hasOverlongChunk(table, run)) {
                cuts.forCpu().set(run);
            }
            for (int i = cuts.firstBatch(run); i < cuts.firstBatch(run + 1); i++) {
                long place = (long) PLACE_BYTES * i;
                long end = table.get(LONG, place);
                if (end > start && !cuts.forCpu().get(run)) {
                    out.put(bytes, start, Math.toIntExact(end - start));
                    out.endChunk(table.get(LONG, place + 8), table.get(LONG, place + 16), table.get(INT, place + 24));
                }
                start = end;
            }
            out.endRun();
        }
    }

    /// Whether a chunk would have more windows than its header can count; the CPU says so.
    private boolean hasOverlongChunk(MemorySegment table, int run) {
        for (int i = cuts.firstBatch(run); i < cuts.firstBatch(run + 1); i++) {
            if (table.get(INT, (long) PLACE_BYTES * i + 24) + 2 > STREAM_SAMPLES_MAX) {
                return true;
            }
        }
        return false;
    }

    /// The calling thread has entered the device.
    @Override
    public void close() {
        stream.close();
        chunkMemory.close();
        batchMemory.close();
        payloadMemory.close();
        upload.close();
        extents.close();
        cutsUpload.close();
        places.close();
        payloads.close();
    }

    /// Places tables one behind the other, each aligned for any access.
    private static final class Layout {
        private static final long ALIGNMENT = 256;
        private long bytes;

        long add(long size) {
            long at = bytes;
            bytes = (bytes + size + ALIGNMENT - 1) & -ALIGNMENT;
            return at;
        }

        long bytes() {
            return bytes;
        }
    }
}
