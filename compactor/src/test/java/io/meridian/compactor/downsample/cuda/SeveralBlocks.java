package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.downsample.RandomRuns;
import io.meridian.compactor.downsample.RawBatch;
import io.meridian.compactor.merge.BlockOutput;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// Raw blocks of random sizes below a directory, and what comes out when they are downsampled in one call.
final class SeveralBlocks {
    private static final long START_MS = 1_788_000_000_000L;
    private static final long STEP_MS = 15_000;

    private final Path directory;
    private final List<BlockId> ids = new ArrayList<>();

    SeveralBlocks(Path directory) {
        this.directory = directory;
    }

    /// Adds a block with so many series.
    ///
    /// @return how many samples it has
    long add(int series, RandomGenerator random) throws IOException {
        var id = BlockId.generate(START_MS + ids.size());
        var symbols = new TreeSet<String>(List.of("__name__", "random", "series"));
        for (int i = 0; i < series; i++) {
            symbols.add("%06d".formatted(i));
        }
        int chunksMax = 1 + random.nextInt(40);
        try (var writer = new BlockWriter(directory.resolve(id.toString()), symbols)) {
            for (int i = 0; i < series; i++) {
                writer.add(
                        Labels.of("__name__", "random", "series", "%06d".formatted(i)),
                        chunks(1 + random.nextInt(chunksMax), random));
            }
            var stats = writer.finish().stats();
            var compaction = new BlockMeta.Compaction(1, List.of(id), List.of(), List.of());
            long endMs = START_MS + STEP_MS * 120 * 41;
            writer.commit(
                    new BlockMeta(id, START_MS, endMs, stats, compaction, BlockMeta.Thanos.EMPTY, true, Map.of()));
            ids.add(id);
            return stats.numSamples();
        }
    }

    private static List<EncodedChunk> chunks(int count, RandomGenerator random) {
        var chunks = new ArrayList<EncodedChunk>();
        var times = new long[120];
        var values = new double[120];
        boolean counter = random.nextBoolean();
        double value = 0;
        for (int chunk = 0; chunk < count; chunk++) {
            int samples = 1 + random.nextInt(120);
            for (int i = 0; i < samples; i++) {
                times[i] = START_MS + STEP_MS * (120L * chunk + i) + random.nextInt(5);
                value = counter && random.nextInt(100) != 0 ? value + random.nextInt(40) : random.nextInt(1_000) / 10.0;
                values[i] = random.nextInt(200) == 0 ? StaleMarker.VALUE : value;
            }
            var batch = new RawBatch();
            RandomRuns.add(batch, times, values, samples);
            chunks.add(new EncodedChunk(
                    ChunkEncoding.XOR, times[0], times[samples - 1], batch.array(), 0, batch.sizeBytes()));
        }
        return chunks;
    }

    /// All of them in one call.
    ///
    /// @return index and segment of each result
    List<byte[]> together(DownsampleKernel kernel, int batchBytesMax, Path out) throws IOException {
        var blocks = new ArrayList<Block>();
        try {
            var jobs = new ArrayList<BlockDownsampler.Job>();
            for (var id : ids) {
                blocks.add(BlockFiles.open(new FilesystemBucket(directory), id));
                jobs.add(new BlockDownsampler.Job(
                        blocks.getLast(), 300_000, id, BlockOutput.directory(out.resolve(id.toString()))));
            }
            new BlockDownsampler(kernel).downsample(jobs, batchBytesMax, QueryContext.unlimited());
        } finally {
            blocks.forEach(Block::close);
        }
        return files(out);
    }

    /// One call for each.
    List<byte[]> alone(DownsampleKernel kernel, Path out) throws IOException {
        for (var id : ids) {
            try (var block = BlockFiles.open(new FilesystemBucket(directory), id)) {
                new BlockDownsampler(kernel)
                        .downsample(block, 300_000, id, out.resolve(id.toString()), QueryContext.unlimited());
            }
        }
        return files(out);
    }

    private List<byte[]> files(Path out) throws IOException {
        var files = new ArrayList<byte[]>();
        for (var id : ids) {
            files.add(Files.readAllBytes(out.resolve(id.toString()).resolve(BlockFiles.INDEX)));
            files.add(Files.readAllBytes(out.resolve(id.toString()).resolve("chunks/000001")));
        }
        return files;
    }
}
