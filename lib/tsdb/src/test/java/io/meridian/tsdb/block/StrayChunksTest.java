package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An index whose checksums fit, and that is wrong all the same.
class StrayChunksTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");
    private static final LabelMatcher UP = LabelMatcher.equal("__name__", "up");
    private static final long FAR_MS = 1L << 44;

    @TempDir
    private Path directory = Path.of("");

    /// A block of one series, in the times of its first chunk.
    private Block write(List<Chunk> chunks, boolean mapped, List<String> damages) throws IOException {
        var labels = Labels.of("__name__", "up");
        var symbols = new SymbolCollector();
        symbols.add(labels);
        var bucket = new FilesystemBucket(directory);
        try (var writer = new BlockWriter(directory.resolve(ID.toString()), symbols)) {
            writer.add(labels, chunks);
            var summary = writer.finish();
            writer.commit(BlockMeta.of(
                    ID,
                    SmallBlock.START,
                    SmallBlock.START + 10_000_000,
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(ID), List.of(), List.of()),
                    new BlockMeta.Thanos(Labels.of("cluster", "c1"), 0, "test")
                            .withSegmentFiles(summary.segmentFiles())));
        }
        Block block = BlockFiles.open(bucket, ID);
        if (!mapped) {
            return new Block(block.meta(), block.index(), block.chunks(), Tombstones.NONE, damages::add);
        }
        var segments = BlockFiles.segments(block.meta(), BlockFiles.sizes(bucket, ID));
        return Block.mapped(
                block.meta(), block.index(), block.chunks(), new MappedChunks(bucket, segments), damages::add);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void select_chunkOutsideTheTimesOfTheBlock_isToldByEachQuery(boolean mapped) throws IOException {
        var damages = new ArrayList<String>();
        var chunks = List.of(SmallBlock.chunk(SmallBlock.START, 5, 1), SmallBlock.chunk(FAR_MS, 5, 1));
        try (var block = write(chunks, mapped, damages)) {
            for (int i = 0; i < 2; i++) {
                var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, QueryContext.PartialResponse.WARN);
                var range = new TimeRange(SmallBlock.START, SmallBlock.START + 1_000_000);
                try (var set = block.select(new Selection(List.of(UP), range), context)) {
                    assertThat(set.next()).isNotNull();
                }
                assertThat(context.notices())
                        .singleElement()
                        .asString()
                        .contains(ID + "/index", "cluster", "outside of the block's times", "up");
            }
            assertThat(damages).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void select_chunksWithinTheTimesOfTheBlock_isNotTold(boolean mapped) throws IOException {
        try (var block = write(List.of(SmallBlock.chunk(SmallBlock.START, 5, 1)), mapped, new ArrayList<>())) {
            var context = QueryContext.unlimited();
            try (var set = block.select(new Selection(List.of(UP), TimeRange.ALL), context)) {
                assertThat(set.next()).isNotNull();
            }
            assertThat(context.notices()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void verifyMatches_seriesThatPostingsShouldNotLeadTo_isRefused(boolean mapped) throws IOException {
        try (var block = write(List.of(SmallBlock.chunk(SmallBlock.START, 5, 1)), mapped, new ArrayList<>())) {
            var refs = new long[1];
            int count =
                    block.index().select(List.of(), QueryContext.unlimited()).fill(refs);
            SeriesEntry entry = block.index()
                    .series(refs, 0, count, TimeRange.ALL, false, QueryContext.unlimited())
                    .getFirst();
            block.verifyMatches(entry, List.of(UP, LabelMatcher.equal("job", "")));
            assertThatThrownBy(() -> block.verifyMatches(entry, List.of(UP, LabelMatcher.equal("job", "x"))))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("postings of job=\"x\" lead to");
        }
    }
}
