package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.json.Json;
import io.meridian.tsdb.GoldenBlocks;
import io.meridian.tsdb.GoldenBlocks.Golden;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/// Indexes that Prometheus and Thanos wrote.
@org.junit.jupiter.params.ParameterizedClass(allowZeroInvocations = true, name = "{0}")
@MethodSource("blocks")
class GoldenIndexTest {
    private final Golden block;

    GoldenIndexTest(Golden block) {
        this.block = block;
    }

    static List<Golden> blocks() {
        return GoldenBlocks.all();
    }

    private IndexReader open() throws IOException {
        return IndexReader.of("index", MemorySegment.ofArray(Files.readAllBytes(block.file("index"))));
    }

    private static List<SeriesEntry> all(IndexReader index) throws IOException {
        long[] refs = Postings.toArray(index.postings("", ""));
        return index.series(refs, 0, refs.length, TimeRange.ALL, false, QueryContext.unlimited());
    }

    @org.junit.jupiter.api.Test
    void series_ofAGoldenBlock_isAsDumped() throws IOException {
        var expected = block.series();
        try (var index = open()) {
            var actual = all(index);
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.size(); i++) {
                var entry = actual.get(i);
                var line = expected.get(i);
                assertThat(entry.ref()).isEqualTo(Json.asLong(line.get("series_ref"), "series_ref"));
                assertThat(entry.labels()).isEqualTo(GoldenBlocks.labels(line));
                var chunks = Json.asArray(line.get("chunks"), "chunks");
                assertThat(entry.chunkCount()).isEqualTo(chunks.size());
                for (int c = 0; c < chunks.size(); c++) {
                    var chunk = Json.asObject(chunks.get(c), "chunk");
                    assertThat(entry.chunkMinMs(c)).isEqualTo(Json.asLong(chunk.get("mint"), "mint"));
                    assertThat(entry.chunkMaxMs(c)).isEqualTo(Json.asLong(chunk.get("maxt"), "maxt"));
                    assertThat(entry.chunkRef(c)).isEqualTo(Json.asLong(chunk.get("ref"), "ref"));
                }
            }
        }
    }

    @org.junit.jupiter.api.Test
    void write_ofWhatWasRead_isTheSameToTheByte(@TempDir Path directory) throws IOException {
        Path target = directory.resolve("index");
        try (var index = open();
                var writer = new IndexWriter(target)) {
            for (String symbol : index.symbols()) {
                writer.addSymbol(symbol);
            }
            for (var entry : all(index)) {
                writer.addSeries(entry.labels(), entry.chunkCount(), entry.minMs, entry.maxMs, entry.chunkRefs);
            }
            writer.finish();
            var expected = Files.readAllBytes(block.file("index"));
            if (index.version() == 1) {
                assertSameContent(index, Files.readAllBytes(target));
                return;
            }
            expected[4] = 2;
            assertThat(Files.readAllBytes(target)).isEqualTo(expected);
        }
    }

    private static void assertSameContent(IndexReader expected, byte[] bytes) throws IOException {
        try (var actual = IndexReader.of("copy", MemorySegment.ofArray(bytes))) {
            assertThat(actual.version()).isEqualTo(2);
            assertThat(actual.symbols()).containsExactlyElementsOf(expected.symbols());
            var left = all(expected);
            var right = all(actual);
            assertThat(right).hasSameSizeAs(left);
            for (int i = 0; i < left.size(); i++) {
                assertThat(right.get(i).labels()).isEqualTo(left.get(i).labels());
                assertThat(right.get(i).chunkRefs).isEqualTo(left.get(i).chunkRefs);
                assertThat(right.get(i).minMs).isEqualTo(left.get(i).minMs);
                assertThat(right.get(i).maxMs).isEqualTo(left.get(i).maxMs);
            }
        }
    }

    @org.junit.jupiter.api.Test
    void postings_ofEachLabelPair_areTheSeriesThatHaveIt() throws IOException {
        try (var index = open()) {
            var context = QueryContext.unlimited();
            var entries = all(index);
            for (String name : index.labelNames(List.of(), TimeRange.ALL, context)) {
                for (String value : index.labelValues(name, List.of(), TimeRange.ALL, context)) {
                    var expected = entries.stream()
                            .filter(entry -> entry.labels().get(name).equals(value))
                            .mapToLong(SeriesEntry::ref)
                            .toArray();
                    assertThat(Postings.toArray(index.postings(name, value))).isEqualTo(expected);
                }
            }
        }
    }
}
