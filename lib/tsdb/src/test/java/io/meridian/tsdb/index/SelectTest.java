package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
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
        var symbols = new TreeSet<String>(Utf8::compare);
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
    void labels_ofRandomMatchers_areWhatEachSeriesSays() throws IOException {
        var random = SeededRandom.create("SelectTest.labels");
        var series = series();
        var context = QueryContext.unlimited();
        try (var index = write(series)) {
            for (int round = 0; round < 25; round++) {
                var matcher = random.nextBoolean()
                        ? LabelMatcher.equal("i", "v" + random.nextInt(45))
                        : LabelMatcher.of(
                                LabelMatcher.Type.REGEX, "n", random.nextInt(10) + "?x?" + random.nextInt(99));
                var matching = series.stream()
                        .filter(labels -> LabelMatcher.allMatch(List.of(matcher), labels))
                        .toList();
                // the one range lets postings answer, the other has series read
                for (var range : List.of(TimeRange.ALL, new TimeRange(0, 5))) {
                    var names = new TreeSet<String>(Utf8::compare);
                    matching.forEach(labels -> {
                        for (int i = 0; i < labels.size(); i++) {
                            names.add(labels.name(i));
                        }
                    });
                    assertThat(index.labelNames(List.of(matcher), range, context))
                            .containsExactlyElementsOf(names);
                    for (String name : List.of("__name__", "i", "n", "é", "absent")) {
                        var values = new TreeSet<String>(Utf8::compare);
                        matching.forEach(labels -> values.add(labels.get(name)));
                        values.remove("");
                        assertThat(index.labelValues(name, List.of(matcher), range, context))
                                .as(name + " of " + matcher)
                                .containsExactlyElementsOf(values);
                    }
                }
            }
        }
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
            for (int round = 0; round < 300; round++) {
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
