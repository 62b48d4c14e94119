package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.Postings;
import io.meridian.tsdb.index.SeriesColumns;
import io.meridian.tsdb.index.SeriesEntry;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolUnionTest {
    @TempDir
    private Path directory = Path.of("");

    private int blocks;

    private IndexReader index(List<Labels> series) throws IOException {
        var symbols = new SymbolCollector();
        series.forEach(symbols::add);
        Path block = directory.resolve("b" + blocks++);
        try (var writer = new BlockWriter(block, symbols)) {
            for (var labels : series) {
                writer.add(labels, SmallBlock.chunks(1, 1));
            }
            writer.finish();
        }
        return IndexReader.of("index", MemorySegment.ofArray(Files.readAllBytes(block.resolve("index"))));
    }

    private static List<Labels> someSeries(RandomGenerator random) {
        // from series that nearly all blocks have to series that few have
        int share = random.nextInt(10, 101);
        var series = new TreeSet<Labels>();
        for (int i = 0; i < 30; i++) {
            if (random.nextInt(100) < share) {
                series.add(
                        i % 3 == 0
                                ? Labels.of("a", "s" + i)
                                : Labels.of("a", "s" + i % 7, "b\u00e4", "v" + i, "c", "\ud83d\ude00" + i));
            }
        }
        return List.copyOf(series);
    }

    @Test
    void translate_randomBlocks_keepsLabelsAndTheirOrder() throws IOException {
        var random = SeededRandom.create("SymbolUnionTest");
        var context = QueryContext.unlimited();
        for (int round = 0; round < 25; round++) {
            var indexes = new ArrayList<IndexReader>();
            var symbols = new TreeSet<String>(Utf8::compare);
            for (int source = random.nextInt(1, 6); source > 0; source--) {
                indexes.add(index(someSeries(random)));
                indexes.getLast().symbols().forEach(symbols::add);
            }
            var union =
                    new SymbolUnion(indexes.stream().map(IndexReader::symbols).toList());
            assertThat(union).containsExactlyElementsOf(symbols);

            var labels = new ArrayList<Labels>();
            var numbers = new ArrayList<int[]>();
            for (int source = 0; source < indexes.size(); source++) {
                var index = indexes.get(source);
                long[] refs = Postings.toArray(index.select(List.of(), context));
                var columns = new SeriesColumns();
                index.series(refs, 0, refs.length, columns, context);
                union.translate(source, columns);
                var entries = index.series(refs, 0, refs.length, TimeRange.ALL, false, context);
                assertThat(columns.size()).isEqualTo(entries.size());
                for (int i = 0; i < columns.size(); i++) {
                    SeriesEntry entry = entries.get(i);
                    int from = columns.symbolsFrom(i);
                    int to = columns.symbolsTo(i);
                    assertThat(columns.ref(i)).isEqualTo(entry.ref());
                    assertThat(columns.chunkRefs()[columns.chunksFrom(i)]).isEqualTo(entry.chunkRef(0));
                    assertThat(columns.minMs()[columns.chunksFrom(i)]).isEqualTo(entry.chunkMinMs(0));
                    assertThat(columns.maxMs()[columns.chunksTo(i) - 1]).isEqualTo(entry.chunkMaxMs(0));
                    assertThat(union.labels(source, columns.symbols(), from, to))
                            .isEqualTo(entry.labels());
                    labels.add(entry.labels());
                    numbers.add(Arrays.copyOfRange(columns.symbols(), from, to));
                }
            }
            for (int i = 1; i < labels.size(); i++) {
                assertThat(Integer.signum(Arrays.compare(numbers.get(i - 1), numbers.get(i))))
                        .isEqualTo(Integer.signum(labels.get(i - 1).compareTo(labels.get(i))));
            }
        }
    }

    @Test
    void translate_beforeSymbolsWereRead_isRefused() throws IOException {
        var union = new SymbolUnion(List.of(index(List.of(Labels.of("a", "b"))).symbols()));
        assertThatThrownBy(() -> union.translate(0, new SeriesColumns())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void read_symbolsOutOfOrder_isCorrupt() throws IOException {
        var good = index(List.of(Labels.of("a", "b"), Labels.of("a", "c")));
        byte[] bytes = Files.readAllBytes(directory.resolve("b0/index"));
        int at = (int) good.toc().symbols() + 8;
        // length and text of "a", "b" and "c"
        assertThat(Arrays.copyOfRange(bytes, at, at + 6)).containsExactly(1, 'a', 1, 'b', 1, 'c');
        bytes[at + 3] = 'c';
        bytes[at + 5] = 'b';
        IndexChecksums.repairSymbols(bytes);
        assertThatThrownBy(() -> new SymbolUnion(List.of(
                                IndexReader.of("index", MemorySegment.ofArray(bytes))
                                        .symbols(),
                                good.symbols()))
                        .read())
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("out of order");
    }
}
