package io.meridian.compactor.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.GoldenBlocks;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the real programs made of the same inputs is reproduced byte for byte.
class GoldenMergeTest {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            compacted/compaction-2h,                       none,    compaction-2h
            compacted/compaction-2h-first4,                none,    compaction-2h:4
            compacted/ooo-overlap,                         none,    ooo-overlap
            compacted/ooo-overlap-first2,                  none,    ooo-overlap:2
            compacted/ooo-only,                            none,    ooo-overlap:odd
            compacted/tombstones,                          none,    tombstones
            compacted/index-v3,                            none,    index-v3
            compacted/replicas-one-to-one,                 none,    replicas/a replicas/b
            compacted/replicas-one-to-one-ba,              none,    replicas/b replicas/a
            compacted/replicas-penalty,                    penalty, replicas/a replicas/b
            compacted/replicas-penalty-ba,                 penalty, replicas/b replicas/a
            compacted/replicas-ties-one-to-one,            none,    replicas-ties/a replicas-ties/b
            compacted/replicas-ties-one-to-one-ba,         none,    replicas-ties/b replicas-ties/a
            compacted/replicas-ties-penalty,               penalty, replicas-ties/a replicas-ties/b
            compacted/replicas-ties-penalty-ba,            penalty, replicas-ties/b replicas-ties/a
            compacted-prometheus/compaction-2h,            none,    compaction-2h
            compacted-prometheus/ooo-overlap,              none,    ooo-overlap
            compacted-prometheus/ooo-only,                 none,    ooo-overlap:odd
            compacted-prometheus/ooo-overlap-xor2,         none-xor2, ooo-overlap
            compacted-prometheus/tombstones,               none,    tombstones
            compacted-prometheus/replicas,                 none,    replicas/a replicas/b
            compacted-prometheus/replicas-ties,            none,    replicas-ties/a replicas-ties/b
            compacted-prometheus/xor2-and-st,              none,    xor2-and-st
            compacted-prometheus/xor2-no-st,               none,    xor2-no-st
            compacted-prometheus/xor2-and-xor,             none,    xor2-and-st index-v2
            compacted-prometheus/xor2-with-and-without-st, none,    xor2-and-st xor2-no-st
            """)
    void merge_realInputs_givesTheSameBytes(String golden, String function, String inputs) throws IOException {
        var blocks = new ArrayList<Block>();
        for (String input : inputs.split(" ")) {
            blocks.addAll(inputs(input));
        }
        var options =
                new BlockMerger.Options(Deduplication.parse(function.replace("-xor2", "")), function.endsWith("-xor2"));
        Path out = directory.resolve("out");

        var result = merge(blocks, options, out);

        Path expected = GoldenBlocks.single(golden);
        GoldenBlocks.assertSameData(out, expected);
        var wanted = GoldenBlocks.meta(expected);
        var actual = result.meta();
        assertThat(actual.stats()).isEqualTo(wanted.stats());
        assertThat(actual.minTimeMs()).isEqualTo(wanted.minTimeMs());
        assertThat(actual.maxTimeMs()).isEqualTo(wanted.maxTimeMs());
        assertThat(actual.compaction().level()).isEqualTo(wanted.compaction().level());
        assertThat(actual.compaction().sources()).isEqualTo(wanted.compaction().sources());
        assertThat(actual.compaction().parents()).isEqualTo(wanted.compaction().parents());
        if (golden.startsWith("compacted-prometheus")) {
            assertThat(actual.compaction().hints())
                    .isEqualTo(wanted.compaction().hints());
        }
        assertThat(result.counts().output()).isEqualTo(wanted.stats().numSamples());
    }

    @Test
    void merge_outOfOrderBlocksWithPenalty_losesNothing() throws IOException {
        Path out = directory.resolve("out");

        var result = merge(
                GoldenBlocks.open("blocks/ooo-overlap"), new BlockMerger.Options(Deduplication.PENALTY, false), out);

        GoldenBlocks.assertSameData(out, GoldenBlocks.single("compacted/ooo-overlap"));
        assertThat(result.meta().stats().numSamples()).isEqualTo(5120);
    }

    private static BlockMerger.Result merge(List<Block> blocks, BlockMerger.Options options, Path out)
            throws IOException {
        try {
            return BlockMerger.merge(
                    blocks,
                    options,
                    BlockId.generate(0),
                    blocks.getFirst().meta().thanos().labels(),
                    out,
                    QueryContext.unlimited());
        } finally {
            blocks.forEach(Block::close);
        }
    }

    /// `:n` takes the first n blocks of a folder, `:odd` every second one.
    private static List<Block> inputs(String text) throws IOException {
        String[] parts = text.split(":");
        var all = GoldenBlocks.open("blocks/" + parts[0]);
        if (parts.length == 1) {
            return all;
        }
        var chosen = new ArrayList<Block>();
        for (int i = 0; i < all.size(); i++) {
            boolean wanted = parts[1].equals("odd") ? i % 2 == 1 : i < Integer.parseInt(parts[1]);
            if (wanted) {
                chosen.add(all.get(i));
            } else {
                all.get(i).close();
            }
        }
        return chosen;
    }
}
