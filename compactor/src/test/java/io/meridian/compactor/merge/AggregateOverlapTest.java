package io.meridian.compactor.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.GoldenBlocks;
import io.meridian.compactor.StoredSeries;
import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockVerifier;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregateOverlapTest {
    private static final long RESOLUTION = 300_000;
    private static final long START = 1_788_000_000_000L;
    private static final Labels SERIES = Labels.of("__name__", "requests_total");

    @TempDir
    private Path directory;

    private int blocks;

    /// Downsampled chunks of a counter that rises by 1 each 30 s, of the samples that are there.
    private List<EncodedChunk> downsampled(int samples, LongPredicate isThere) throws IOException {
        return downsampled(samples, Integer.MAX_VALUE, isThere);
    }

    /// @param resetEvery samples after which the counter is 0 again
    private List<EncodedChunk> downsampled(int samples, int resetEvery, LongPredicate isThere) throws IOException {
        var id = BlockId.generate(++blocks);
        var symbols = new SymbolCollector();
        symbols.add(SERIES);
        try (var writer = new BlockWriter(directory.resolve(id.toString()), symbols)) {
            var chunks = new ArrayList<EncodedChunk>();
            var encoder = new XorEncoder();
            long minMs = 0;
            long maxMs = 0;
            for (int i = 0; i < samples; i++) {
                if (isThere.test(i)) {
                    maxMs = START + 30_000L * i;
                    minMs = encoder.sampleCount() == 0 ? maxMs : minMs;
                    encoder.append(maxMs, i % resetEvery);
                }
                if (encoder.sampleCount() == 120 || (i == samples - 1 && encoder.sampleCount() > 0)) {
                    chunks.add(new EncodedChunk(ChunkEncoding.XOR, minMs, maxMs, encoder.toBytes()));
                    encoder.clear();
                }
            }
            writer.add(SERIES, chunks);
            var summary = writer.finish();
            writer.commit(BlockMeta.of(
                    id,
                    START,
                    START + 30_000L * samples,
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                    new BlockMeta.Thanos(Labels.of("r", "a"), 0, "sidecar")));
        }
        var coarse = BlockId.generate(1000 + blocks);
        try (var kernel = new CpuKernel(1);
                var block = BlockFiles.open(new FilesystemBucket(directory), id)) {
            new BlockDownsampler(kernel)
                    .downsample(
                            block, RESOLUTION, coarse, directory.resolve(coarse.toString()), QueryContext.unlimited());
        }
        return StoredSeries.of(new FilesystemBucket(directory), coarse)
                .firstEntry()
                .getValue();
    }

    private static List<EncodedChunk> merge(List<EncodedChunk> a, List<EncodedChunk> b) {
        return new OverlapMerger(new SampleOverlap(Deduplication.NONE, false, RESOLUTION)).merge(List.of(a, b));
    }

    /// What the windows of all chunks say, by number, and that aggregates of a window stay together.
    private static Map<Long, List<Double>> windows(List<EncodedChunk> chunks) {
        var windows = new TreeMap<Long, List<Double>>();
        for (var chunk : chunks) {
            var decoded = new AggregateWindows(chunk);
            for (int i = 0; i < decoded.size; i++) {
                windows.put(
                        decoded.times[i] / RESOLUTION,
                        List.of(decoded.counts[i], decoded.plain(0, i), decoded.plain(1, i), decoded.plain(2, i)));
            }
        }
        return windows;
    }

    /// The increase over all chunks, as a reader of the counter counts it.
    private static double increase(List<EncodedChunk> chunks) {
        double increase = 0;
        double last = Double.NaN;
        for (var chunk : chunks) {
            var decoded = new AggregateWindows(chunk);
            if (!Double.isNaN(last)) {
                increase += decoded.firstValue >= last ? decoded.firstValue - last : decoded.firstValue;
            }
            increase += decoded.counters[decoded.size - 1] - decoded.firstValue;
            last = decoded.lastValue;
        }
        return increase;
    }

    @Test
    void merge_holesAtDifferentTimes_keepsEveryWindow() throws IOException {
        var whole = downsampled(3000, i -> true);
        var a = downsampled(3000, i -> i < 400 || i >= 900);
        var b = downsampled(3000, i -> i < 1700 || i >= 2200);

        var merged = merge(a, b);

        assertThat(windows(merged)).isEqualTo(windows(whole));
        assertThat(increase(merged)).isEqualTo(2999);
        assertThat(merge(b, a)).hasSameSizeAs(merged);
        assertThat(increase(merge(b, a))).isEqualTo(2999);
    }

    @Test
    void merge_counterWithResets_countsEachOnce() throws IOException {
        var whole = downsampled(3000, 650, i -> true);
        var a = downsampled(3000, 650, i -> i < 400 || i >= 900);
        var b = downsampled(3000, 650, i -> i < 1700 || i >= 2200);

        var merged = merge(a, b);

        assertThat(windows(merged)).isEqualTo(windows(whole));
        assertThat(increase(merged)).isEqualTo(increase(whole));
        assertThat(increase(merge(b, a))).isEqualTo(increase(whole));
    }

    @Test
    void merge_lateData_fillsTheHole() throws IOException {
        var whole = downsampled(3000, i -> true);
        var early = downsampled(3000, i -> i < 1000 || i >= 1500);
        var late = downsampled(3000, i -> i >= 1000 && i < 1500);

        var merged = merge(early, late);

        assertThat(windows(merged).keySet()).isEqualTo(windows(whole).keySet());
        assertThat(increase(merged)).isEqualTo(2999);
    }

    @Test
    void merge_oneHasAllWindows_itsChunkIsUntouched() throws IOException {
        var whole = downsampled(600, i -> true);
        var part = downsampled(600, i -> i >= 300);

        assertThat(merge(whole, part)).isEqualTo(whole);
    }

    @Test
    void merge_chunkOfSamplesAmongDownsampled_isAnError() throws IOException {
        var whole = downsampled(600, i -> true);
        var encoder = new XorEncoder();
        encoder.append(START, 1);
        var raw = new EncodedChunk(ChunkEncoding.XOR, START, START + 1_000_000, encoder.toBytes());

        assertThatThrownBy(() -> merge(whole, List.of(raw)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("cannot be merged");
    }

    private static TreeSet<Long> numbers(List<EncodedChunk> chunks, long resolutionMs) {
        var numbers = new TreeSet<Long>();
        for (var chunk : chunks) {
            for (long timeMs : new AggregateWindows(chunk).times) {
                numbers.add(timeMs / resolutionMs);
            }
        }
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({
        "replicas-a-5m, replicas-b-5m, NONE",
        "replicas-b-5m, replicas-a-5m, PENALTY",
        "replicas-ties-a-5m, replicas-ties-b-5m, NONE",
        "replicas-a-1h, replicas-b-1h, NONE"
    })
    void merge_downsampledReplicas_losesNoWindowOfAnySeries(String a, String b, Deduplication function)
            throws IOException {
        var inputs = new ArrayList<>(GoldenBlocks.open("downsampled/" + a));
        inputs.addAll(GoldenBlocks.open("downsampled/" + b));
        var id = BlockId.generate(0);
        long resolutionMs = inputs.getFirst().meta().thanos().resolutionMs();
        BlockMerger.merge(
                inputs,
                new BlockMerger.Options(function, false),
                id,
                Labels.of("cluster", "c1"),
                directory.resolve(id.toString()),
                QueryContext.unlimited());

        assertThat(BlockVerifier.verify(new FilesystemBucket(directory), id).issues())
                .isEmpty();
        try (var block = BlockFiles.open(new FilesystemBucket(directory), id)) {
            var merged = StoredSeries.of(block);
            var expected = new HashMap<Labels, TreeSet<Long>>();
            for (var input : inputs) {
                StoredSeries.of(input)
                        .forEach((labels, chunks) -> expected.computeIfAbsent(labels, key -> new TreeSet<>())
                                .addAll(numbers(chunks, resolutionMs)));
                input.close();
            }
            assertThat(merged.keySet()).isEqualTo(expected.keySet());
            expected.forEach((labels, windows) -> assertThat(
                            numbers(java.util.Objects.requireNonNull(merged.get(labels)), resolutionMs))
                    .as(labels.toString())
                    .isEqualTo(windows));
        }
    }
}
