package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.testkit.SeededRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Matchers over an index of our own, against looking at each series.
class SelectTest {
    @TempDir
    private Path directory = Path.of("");

    private static List<Labels> series() {
        var all = new TreeSet<Labels>();
        for (int i = 0; i < 300; i++) {
            all.add(Labels.of("__name__", i % 3 == 0 ? "up" : "down", "i", "v" + i % 40, "n", String.valueOf(i)));
            all.add(Labels.of("__name__", "up", "n", "x" + i, i % 2 == 0 ? "é" : "z", "a|b." + i % 5));
        }
        return new ArrayList<>(all);
    }

    private IndexReader write(List<Labels> series) throws IOException {
        var symbols = new TreeSet<String>(io.meridian.model.Utf8::compare);
        for (Labels labels : series) {
            for (int i = 0; i < labels.size(); i++) {
                symbols.add(labels.name(i));
                symbols.add(labels.value(i));
            }
        }
        Path file = directory.resolve("index");
        try (var writer = new IndexWriter(file)) {
            for (String symbol : symbols) {
                writer.addSymbol(symbol);
            }
            long offset = 8;
            for (Labels labels : series) {
                writer.addSeries(labels, 1, new long[] {0}, new long[] {10}, new long[] {offset});
                offset += 20;
            }
            writer.finish();
        }
        return IndexReader.of("index", MemorySegment.ofArray(Files.readAllBytes(file)));
    }

    @Test
    void select_ofRandomMatchers_isWhatEachSeriesSays() throws IOException {
        var random = SeededRandom.create("SelectTest");
        var series = series();
        var context = QueryContext.unlimited();
        var names = List.of("__name__", "i", "n", "é", "z", "absent", "");
        var values = List.of(
                "",
                "up",
                "down",
                "v1",
                "x7",
                "a|b.1",
                ".*",
                ".+",
                "v.*",
                "v1|v2|",
                "up|down",
                "x(1|2).*",
                "a\\|b\\.1",
                "v1?",
                "[a-z]\\d+",
                "(?i)UP",
                "v1|v2",
                "$",
                "v\\d");
        try (var index = write(series)) {
            var refs = Postings.toArray(index.select(List.of(), context));
            assertThat(refs).hasSize(series.size());
            for (int round = 0; round < 3_000; round++) {
                var matchers = new ArrayList<LabelMatcher>();
                for (int k = random.nextInt(3); k >= 0; k--) {
                    matchers.add(LabelMatcher.of(
                            LabelMatcher.Type.values()[random.nextInt(4)],
                            names.get(random.nextInt(names.size())),
                            values.get(random.nextInt(values.size()))));
                }
                var expected = new ArrayList<Long>();
                for (int i = 0; i < refs.length; i++) {
                    if (LabelMatcher.allMatch(matchers, series.get(i))) {
                        expected.add(refs[i]);
                    }
                }
                assertThat(Postings.toArray(index.select(matchers, context)))
                        .as(matchers.toString())
                        .containsExactly(expected.toArray(Long[]::new));
            }
        }
    }
}
