package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.GoldenBlocks;
import io.meridian.tsdb.GoldenBlocks.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Index-headers against those that Thanos made, and against whole indexes.
@ParameterizedClass(allowZeroInvocations = true, name = "{0}")
@MethodSource("blocks")
class GoldenIndexHeaderTest {
    private final Golden block;

    @TempDir
    private Path directory;

    GoldenIndexHeaderTest(Golden block) {
        this.block = block;
        this.directory = Path.of("");
    }

    static List<Golden> blocks() {
        return GoldenBlocks.all();
    }

    /// Behaves as an object of a remote bucket.
    private ByteSource remote() throws IOException {
        var bytes = MemorySegment.ofArray(Files.readAllBytes(block.file("index")));
        return new ByteSource() {
            @Override
            public String name() {
                return "index";
            }

            @Override
            public long size() {
                return bytes.byteSize();
            }

            @Override
            public ReadCost cost() {
                return new ReadCost(100, 1000, 4);
            }

            @Override
            public MemorySegment read(long offset, long length, Arena arena) {
                return bytes.asSlice(offset, length);
            }
        };
    }

    @Test
    void build_ofAGoldenIndex_isThanosFileToTheByte() throws IOException {
        Path target = directory.resolve("index-header");
        IndexHeader.build(remote(), target, QueryContext.unlimited());
        if (Files.exists(block.header())) {
            assertThat(target).hasSameBinaryContentAs(block.header());
        } else {
            // Thanos refuses version 3; the other set was made by Prometheus alone
            assertThat(block.path().toString()).containsAnyOf("index-v3", "compacted-prometheus");
        }
    }

    @Test
    void index_behindAHeader_answersAsTheWholeIndex() throws IOException {
        var context = QueryContext.unlimited();
        try (var whole = IndexReader.of("index", MemorySegment.ofArray(Files.readAllBytes(block.file("index"))));
                var ranged = IndexHeader.openOrBuild(directory.resolve("index-header"), remote(), 0, context)) {
            var names = whole.labelNames(List.of(), TimeRange.ALL, context);
            assertThat(ranged.labelNames(List.of(), TimeRange.ALL, context)).isEqualTo(names);
            var matchers = new ArrayList<List<LabelMatcher>>();
            matchers.add(List.of());
            for (String name : names) {
                var values = whole.labelValues(name, List.of(), TimeRange.ALL, context);
                assertThat(ranged.labelValues(name, List.of(), TimeRange.ALL, context))
                        .isEqualTo(values);
                for (LabelMatcher.Type type : List.of(LabelMatcher.Type.EQUAL, LabelMatcher.Type.NOT_EQUAL)) {
                    matchers.add(List.of(LabelMatcher.of(type, name, values.getLast())));
                }
                matchers.add(List.of(
                        LabelMatcher.of(LabelMatcher.Type.REGEX, name, ".+"),
                        LabelMatcher.of(LabelMatcher.Type.REGEX, "x", ".*")));
            }
            for (var one : matchers) {
                var expected = Postings.toArray(whole.select(one, context));
                assertThat(Postings.toArray(ranged.select(one, context)))
                        .as(one.toString())
                        .isEqualTo(expected);
                var left = whole.series(expected, 0, expected.length, TimeRange.ALL, false, context);
                var right = ranged.series(expected, 0, expected.length, TimeRange.ALL, false, context);
                assertThat(right.toString()).isEqualTo(left.toString());
                assertThat(ranged.labelNames(one, TimeRange.ALL, context))
                        .isEqualTo(whole.labelNames(one, TimeRange.ALL, context));
            }
        }
    }
}
