package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.AggregateBatch;
import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.downsample.RandomRuns;
import io.meridian.compactor.downsample.RawBatch;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What `bench/gpu.sh` runs: a comparison of the device with the CPU to the bit, then measurements; prints one JSON
/// object, at the latest when `--seconds=N` are over. Arguments: `--fake` (the driver that is no device; `--fake=ptx`
/// runs the shipped PTX on it), `--rounds=N`, `--blocks=N` to compare, `--seed=N`, `--samples=N` per kind of data (0:
/// no measurements), `--series=N` of the block, `--scratch=DIR`, `--note-NAME=TEXT` for the object.
public final class CudaBenchmark {
    private static final long RESOLUTION_MS = 300_000;
    private static final long STEP_MS = 15_000;
    private static final long START_MS = 1_788_000_000_000L;
    private static final int CHUNK_SAMPLES = 120;
    private static final int CHUNKS_PER_SERIES = 672; // two weeks
    private static final int REPEATS = 5;
    private static final List<String> KINDS = List.of("constant", "counter", "gauge-integer", "gauge-2-decimals");

    private final Map<String, String> arguments = new LinkedHashMap<>();
    private final List<String> fallbacks = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Object> report = new LinkedHashMap<>();
    private final int workers = Runtime.getRuntime().availableProcessors();

    private CudaBenchmark(String[] given) {
        for (String argument : given) {
            String[] parts = argument.split("=", 2);
            arguments.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
    }

    public static void main(String[] given) throws IOException {
        System.exit(new CudaBenchmark(given).run() ? 0 : 1);
    }

    private long number(String name, long otherwise) {
        return Long.parseLong(arguments.getOrDefault(name, Long.toString(otherwise)));
    }

    private boolean run() throws IOException {
        stopAfter(number("--seconds", 500));
        if (arguments.containsKey("--fake")) {
            FakeDriver.load();
            if (arguments.get("--fake").equals("ptx")) {
                FakeDriver.usePtx();
            }
        }
        put(
                "notes",
                arguments.entrySet().stream()
                        .filter(e -> e.getKey().startsWith("--note-"))
                        .map(e -> e.getKey().substring(7) + ": " + e.getValue())
                        .toList());
        put("cores", (long) workers);
        String reason = CudaProbe.reasonAgainst();
        boolean ok = reason.isEmpty();
        if (ok) {
            try {
                put("device", deviceName());
                ok = compare() && compareBlocks();
                long samples = number("--samples", 100_000_000);
                if (ok && samples > 0) {
                    measure(samples);
                }
            } catch (CudaException | LinkageError e) {
                put("error", String.valueOf(e));
                ok = false;
            }
            put("fallbacks", List.copyOf(fallbacks));
        } else {
            put("error", reason);
        }
        print();
        return ok && fallbacks.isEmpty();
    }

    private void put(String name, Object value) {
        synchronized (report) {
            report.put(name, value);
        }
    }

    private void print() {
        synchronized (report) {
            System.out.println(JsonWriter.indented(report));
        }
    }

    /// What was found until then is printed, as the machine is taken away soon after.
    private void stopAfter(long seconds) {
        var timer = new Thread(
                () -> {
                    try {
                        Thread.sleep(Duration.ofSeconds(seconds));
                    } catch (InterruptedException e) {
                        return;
                    }
                    put("error", "not through after " + seconds + " s");
                    print();
                    Runtime.getRuntime().halt(1);
                },
                "time-limit");
        timer.setDaemon(true);
        timer.start();
    }

    private static String deviceName() {
        try (var engine = CudaEngine.open()) {
            return engine.deviceName();
        }
    }

    private DownsampleDevices devices() {
        return DownsampleDevices.open(DownsampleDevices.Choice.CUDA, workers, fallbacks::add);
    }

    /// Random series through both; the last batch of a round has several groups.
    private boolean compare() {
        long seed = number("--seed", 20_261_121);
        var random = new SplittableRandom(seed);
        var runs = new RandomRuns(random);
        long rounds = number("--rounds", 200);
        long samples = 0;
        long bytes = 0;
        long mismatches = 0;
        try (var devices = devices();
                var cuda = devices.kernel();
                var cpu = new CpuKernel(workers)) {
            var batch = new RawBatch();
            for (long round = 0; round < rounds; round++) {
                batch.clear();
                samples += runs.addTo(batch, round % 20 == 19 ? 1_500 : random.nextInt(60));
                var expected = flat(cpu, batch);
                var actual = flat(cuda, batch);
                bytes += expected.length;
                int at = Arrays.mismatch(expected, actual);
                if (at >= 0 && mismatches++ == 0) {
                    put("firstMismatch", "seed " + seed + " round " + round + " byte " + at);
                }
            }
        }
        put("compared", Map.of("rounds", rounds, "samples", samples, "payloadBytes", bytes, "mismatches", mismatches));
        return mismatches == 0;
    }

    /// Several blocks in one call on the device, each alone on the CPU.
    private boolean compareBlocks() throws IOException {
        var random = new SplittableRandom(number("--seed", 20_261_121));
        Path scratch = Files.createTempDirectory(
                Path.of(arguments.getOrDefault("--scratch", System.getProperty("java.io.tmpdir"))), "cuda-blocks");
        var blocks = new SeveralBlocks(scratch.resolve("in"));
        long samples = 0;
        int count = (int) number("--blocks", 8);
        for (int i = 0; i < count; i++) {
            samples += blocks.add(1 + random.nextInt(200), random);
        }
        boolean same = true;
        try (var devices = devices();
                var cuda = devices.kernel();
                var cpu = new CpuKernel(workers)) {
            var expected = blocks.alone(cpu, scratch.resolve("cpu"));
            int batches = 0;
            for (int batchBytesMax : new int[] {Integer.MAX_VALUE, 1 << 20, 50_000}) {
                var actual = blocks.together(cuda, batchBytesMax, scratch.resolve("cuda-" + batches++));
                for (int i = 0; i < expected.size(); i++) {
                    same &= Arrays.equals(expected.get(i), actual.get(i));
                }
            }
        }
        put("comparedBlocks", Map.of("blocks", (long) count, "samples", samples, "same", same));
        return same;
    }

    /// Every number and payload of the output, one behind the other.
    private static byte[] flat(DownsampleKernel kernel, RawBatch batch) {
        var out = new java.io.ByteArrayOutputStream();
        for (AggregateBatch part : kernel.downsample(batch, RESOLUTION_MS)) {
            for (int run = 0; run < part.runs(); run++) {
                for (int i = part.firstChunk(run); i < part.endChunk(run); i++) {
                    out.writeBytes((part.minMs(i) + " " + part.maxMs(i) + " " + part.samples(i) + " ").getBytes());
                    out.write(part.array(), part.payloadOffset(i), part.payloadLength(i));
                }
                out.write('\n');
            }
        }
        return out.toByteArray();
    }

    private void measure(long samples) throws IOException {
        put("unit", "samples per second, best of " + REPEATS);
        var rows = new ArrayList<Map<String, Object>>();
        for (String kind : KINDS) {
            int series = (int) Math.max(1, samples / (CHUNK_SAMPLES * CHUNKS_PER_SERIES));
            RawBatch batch = batch(kind, series);
            var row = new LinkedHashMap<String, Object>();
            row.put("data", kind);
            double count = batch.samples(0, batch.runs());
            row.put("samples", (long) count);
            row.put("bytesPerSample", batch.sizeBytes() / count);
            oneGroup(batch, row);
            row.put("pinnedToPinned", pinnedToPinned(batch));
            try (var devices = devices();
                    var cuda = devices.kernel();
                    var cpu = new CpuKernel(workers)) {
                double onDevice = count / seconds(() -> cuda.downsample(batch, RESOLUTION_MS));
                double onCpu = count / seconds(() -> cpu.downsample(batch, RESOLUTION_MS));
                row.put("batchOnDevice", onDevice);
                row.put("batchOnCpu", onCpu);
                row.put("ratio", onDevice / onCpu);
            }
            rows.add(row);
            put("batches", List.copyOf(rows));
        }
        put("block", block());
    }

    /// All of it as one group that stays on the device, and nothing beside it: kernel by kernel, and its copy to the
    /// device.
    private void oneGroup(RawBatch batch, Map<String, Object> row) {
        var group = new RunGroup(0, batch.runs(), batch.samples(0, batch.runs()));
        double count = group.samples();
        try (var device = CudaDevice.open();
                var lane = new GroupDownsampler(device)) {
            lane.stage(batch, group);
            lane.compute(RESOLUTION_MS);
            double decode = seconds(() -> {
                lane.launchDecode();
                lane.await();
            });
            double cut = seconds(() -> {
                lane.launchCut(RESOLUTION_MS);
                lane.await();
            });
            double aggregate = seconds(() -> {
                lane.launchAggregate(RESOLUTION_MS);
                lane.await();
            });
            double encode = seconds(() -> {
                lane.launchEncode();
                lane.launchPlace();
                lane.launchGather();
                lane.await();
            });
            double transfer = seconds(() -> {
                lane.transfer();
                lane.await();
            });
            row.put("kernelDecode", count / decode);
            row.put("kernelCut", count / cut);
            row.put("kernelAggregate", count / aggregate);
            row.put("kernelEncode", count / encode);
            row.put("kernelsToWindows", count / (decode + cut + aggregate));
            row.put("kernelsTogether", count / (decode + cut + aggregate + encode));
            row.put("transferToDevice", count / transfer);
            row.put("bytesBackPerSample", lane.payloadBytes() / count);
        }
    }

    /// As many groups as are in flight, each with its own stream and thread: transfers and kernels, over and over.
    private static double pinnedToPinned(RawBatch batch) {
        var groups = RunGroup.of(batch, CudaEngine.IN_FLIGHT);
        int lanes = Math.min(groups.size(), CudaEngine.IN_FLIGHT);
        int turns = 4;
        double count = 0;
        try (var device = CudaDevice.open();
                var executor = Executors.newFixedThreadPool(lanes)) {
            var downsamplers = new ArrayList<GroupDownsampler>();
            try {
                for (int i = 0; i < lanes; i++) {
                    var lane = new GroupDownsampler(device);
                    downsamplers.add(lane);
                    lane.stage(batch, groups.get(i));
                    count += (double) turns * groups.get(i).samples();
                }
                return count
                        / seconds(() -> {
                            var pending = new ArrayList<Future<?>>();
                            for (var lane : downsamplers) {
                                pending.add(executor.submit(() -> {
                                    device.enter();
                                    for (int turn = 0; turn < turns; turn++) {
                                        lane.compute(RESOLUTION_MS);
                                    }
                                }));
                            }
                            pending.forEach(CudaBenchmark::await);
                        });
            } finally {
                downsamplers.forEach(GroupDownsampler::close);
            }
        }
    }

    private static void await(Future<?> work) {
        try {
            work.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CudaException failure ? failure : new IllegalStateException(e);
        }
    }

    /// Block to block, the index included, on the CPU and on the device.
    private Map<String, Object> block() throws IOException {
        int series = (int) number("--series", 2_000);
        Path scratch = Path.of(arguments.getOrDefault("--scratch", System.getProperty("java.io.tmpdir")));
        Path directory = Files.createTempDirectory(scratch, "cuda-benchmark");
        var id = write(directory, series);
        double count = (double) series * CHUNK_SAMPLES * CHUNKS_PER_SERIES;
        var row = new LinkedHashMap<String, Object>();
        row.put("series", (long) series);
        row.put("samples", (long) count);
        try (var devices = devices();
                var cuda = devices.kernel();
                var cpu = new CpuKernel(workers)) {
            double onCpu = count / seconds(() -> downsample(directory, id, cpu));
            double onDevice = count / seconds(() -> downsample(directory, id, cuda));
            row.put("cpu", onCpu);
            row.put("cuda", onDevice);
            row.put("ratio", onDevice / onCpu);
        }
        return row;
    }

    private static void downsample(Path directory, BlockId id, DownsampleKernel kernel) {
        try (var block = BlockFiles.open(new FilesystemBucket(directory), id)) {
            var to = BlockId.generate(System.nanoTime() >>> 20);
            new BlockDownsampler(kernel)
                    .downsample(block, RESOLUTION_MS, to, directory.resolve("out-" + to), QueryContext.unlimited());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static BlockId write(Path directory, int series) throws IOException {
        var symbols = new TreeSet<String>(List.of("__name__", "instance"));
        var labels = new ArrayList<Labels>();
        for (int i = 0; i < series; i++) {
            String kind = KINDS.get(i % KINDS.size()).replace('-', '_');
            String instance = "host-%07d".formatted(i);
            symbols.add(kind);
            symbols.add(instance);
            labels.add(Labels.of("__name__", kind, "instance", instance));
        }
        labels.sort(null);
        var id = BlockId.generate(START_MS);
        long spanMs = STEP_MS * CHUNK_SAMPLES * CHUNKS_PER_SERIES;
        try (var writer = new BlockWriter(directory.resolve(id.toString()), symbols)) {
            for (int i = 0; i < series; i++) {
                RawBatch batch = batch(KINDS.get(i % KINDS.size()), 1);
                var chunks = new ArrayList<EncodedChunk>();
                for (int chunk = 0; chunk < batch.endChunk(0); chunk++) {
                    long firstMs = START_MS + STEP_MS * CHUNK_SAMPLES * chunk;
                    chunks.add(new EncodedChunk(
                            ChunkEncoding.XOR,
                            firstMs,
                            firstMs + STEP_MS * (CHUNK_SAMPLES - 1),
                            batch.array(),
                            batch.chunkOffset(chunk),
                            batch.chunkLength(chunk)));
                }
                writer.add(labels.get(i), chunks);
            }
            var stats = writer.finish().stats();
            var compaction = new BlockMeta.Compaction(1, List.of(id), List.of(), List.of());
            writer.commit(new BlockMeta(
                    id, START_MS, START_MS + spanMs, stats, compaction, BlockMeta.Thanos.EMPTY, true, Map.of()));
        }
        return id;
    }

    private static RawBatch batch(String kind, int series) {
        var random = new SplittableRandom(kind.hashCode());
        var batch = new RawBatch();
        var times = new long[CHUNK_SAMPLES];
        var values = new double[CHUNK_SAMPLES];
        for (int i = 0; i < series; i++) {
            double value = random.nextInt(1_000);
            for (int chunk = 0; chunk < CHUNKS_PER_SERIES; chunk++) {
                for (int k = 0; k < CHUNK_SAMPLES; k++) {
                    times[k] = START_MS + STEP_MS * ((long) CHUNK_SAMPLES * chunk + k);
                    value = switch (kind) {
                        case "constant" -> value;
                        case "counter" -> value + random.nextInt(40);
                        case "gauge-integer" -> Math.max(0, value + random.nextInt(11) - 5);
                        default -> Math.round(random.nextDouble() * 10_000) / 100.0;
                    };
                    values[k] = value;
                }
                RandomRuns.add(batch, times, values, CHUNK_SAMPLES);
            }
            batch.endRun();
        }
        return batch;
    }

    private static double seconds(Runnable work) {
        work.run();
        double best = Double.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        return best;
    }
}
