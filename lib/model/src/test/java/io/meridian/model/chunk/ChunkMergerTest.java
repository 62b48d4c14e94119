package io.meridian.model.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.GoldenChunks.Dumped;
import io.meridian.model.chunk.GoldenChunks.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullMarked
class ChunkMergerTest {
    /// The chunks of overlapping blocks, merged run by run, are those that Prometheus' compactor wrote.
    @ParameterizedTest
    @CsvSource({
        "compacted/ooo-overlap, ooo-overlap, false",
        "compacted-prometheus/ooo-overlap, ooo-overlap, false",
        "compacted-prometheus/ooo-overlap-xor2, ooo-overlap, true",
        "compacted/replicas-one-to-one, replicas__, false",
        "compacted/replicas-ties-one-to-one, replicas-ties__, false",
        "compacted-prometheus/compaction-2h, compaction-2h, false",
        "compacted-prometheus/xor2-and-st, xor2-and-st, false",
    })
    void merge_chunksOfOverlappingBlocks_equalsTheCompactor(String output, String inputs, boolean xor2)
            throws IOException {
        Map<String, List<Stored>> bySeries = new HashMap<>();
        for (String name : GoldenChunks.names("blocks")) {
            if (name.startsWith(inputs)) {
                for (Dumped series : GoldenChunks.read("blocks", name)) {
                    bySeries.computeIfAbsent(series.labels(), key -> new ArrayList<>())
                            .addAll(series.chunks());
                }
            }
        }
        int slash = output.indexOf('/');
        for (Dumped series : GoldenChunks.read(output.substring(0, slash), output.substring(slash + 1))) {
            List<Stored> input = bySeries.getOrDefault(series.labels(), List.of());
            List<EncodedChunk> expected =
                    series.chunks().stream().map(Stored::chunk).toList();
            assertThat(merge(input, xor2)).as(series.name()).isEqualTo(expected);
            assertSamples(series, input);
        }
    }

    private static List<EncodedChunk> merge(List<Stored> stored, boolean xor2) {
        List<EncodedChunk> chunks = stored.stream()
                .map(Stored::chunk)
                .sorted(Comparator.comparingLong(EncodedChunk::minMs).thenComparingLong(EncodedChunk::maxMs))
                .toList();
        List<EncodedChunk> result = new ArrayList<>();
        for (int i = 0; i < chunks.size(); ) {
            EncodedChunk base = chunks.get(i++);
            EncodedChunk previous = base;
            long maxMs = base.maxMs();
            List<EncodedChunk> run = new ArrayList<>();
            for (; i < chunks.size() && chunks.get(i).minMs() <= maxMs; i++) {
                EncodedChunk next = chunks.get(i);
                if (!next.equals(previous)) {
                    run.add(next);
                    maxMs = Math.max(maxMs, next.maxMs());
                }
                previous = next;
            }
            run.add(base);
            result.addAll(run.size() == 1 ? run : ChunkMerger.merge(run, xor2));
        }
        return result;
    }

    /// A series over the input chunks reads what the compacted block holds.
    private static void assertSamples(Dumped series, List<Stored> input) {
        List<Chunk> chunks = new ArrayList<>();
        input.stream()
                .map(Stored::chunk)
                .sorted(Comparator.comparingLong(EncodedChunk::minMs).thenComparingLong(EncodedChunk::maxMs))
                .forEach(chunks::add);
        var buffer = new SampleBuffer();
        new ChunkSeries(Labels.empty(), chunks).read(TimeRange.ALL, buffer);
        var expected = new SampleBuffer();
        series.chunks().forEach(chunk -> ChunkCodec.decode(chunk.chunk(), expected));
        assertThat(buffer.size()).as(series.name()).isEqualTo(expected.size());
        for (int i = 0; i < buffer.size(); i++) {
            assertThat(buffer.times()[i]).isEqualTo(expected.times()[i]);
            if (expected.histograms() == null) {
                assertThat(Double.doubleToRawLongBits(buffer.values()[i]))
                        .isEqualTo(Double.doubleToRawLongBits(expected.values()[i]));
            }
        }
    }

    @Test
    void next_twoEqualSources_givesTheSecondAlways() {
        long[] times = {1, 2, 3};
        var order = new ChainedMerge(new long[][] {times, times}, new int[] {3, 3});
        List<Integer> sources = new ArrayList<>();
        while (order.next()) {
            sources.add(order.source());
        }
        assertThat(sources).containsExactly(1, 1, 1);
    }

    @Test
    void next_threeEqualSources_takesTurns() {
        long[] times = {1, 2, 3, 4};
        var order = new ChainedMerge(new long[][] {times, times, times}, new int[] {4, 4, 4});
        List<Integer> sources = new ArrayList<>();
        while (order.next()) {
            sources.add(order.source());
        }
        // B, A, C, B as in the storage sheet.
        assertThat(sources).containsExactly(1, 0, 2, 1);
    }

    @Test
    void next_firstStartsEarlier_secondWinsWhereBothAre() {
        var order = new ChainedMerge(new long[][] {{1, 2, 3}, {2, 3}}, new int[] {3, 2});
        List<Integer> sources = new ArrayList<>();
        while (order.next()) {
            sources.add(order.source());
        }
        assertThat(sources).containsExactly(0, 1, 1);
    }
}
