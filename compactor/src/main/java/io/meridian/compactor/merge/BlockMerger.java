package io.meridian.compactor.merge;

import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Merges blocks into one, in a single pass: inputs are read by ranges, the output is written as it comes.
public final class BlockMerger {
    private static final int SERIES_BETWEEN_CHECKS = 256;
    /// How much is read at once where nobody says otherwise.
    private static final int READ_BYTES = 4 << 20;

    private BlockMerger() {}

    /// @param deduplication what is done with samples that several blocks have
    /// @param xor2          whether merged floats are written as XOR2; otherwise only where an input is
    /// @param retention     of series that go earlier than their blocks
    /// @param readBytes     how much each input reads at once
    public record Options(Deduplication deduplication, boolean xor2, SeriesRetention retention, int readBytes) {
        public Options(Deduplication deduplication, boolean xor2, SeriesRetention retention) {
            this(deduplication, xor2, retention, READ_BYTES);
        }

        public Options(Deduplication deduplication, boolean xor2) {
            this(deduplication, xor2, SeriesRetention.NONE);
        }
    }

    /// @param meta as written; no samples at all may be left ([BlockMeta.Stats#numSamples])
    public record Result(BlockMeta meta, MergeCounts counts) {}

    /// Writes the merged block into `directory`, which must not exist, meta.json last.
    ///
    /// @param inputs in the order that decides ties; a single one is rewritten without what its tombstones delete
    /// @param labels external labels of the result
    /// @throws io.meridian.model.CorruptDataException if an input cannot be merged as it is
    public static Result merge(
            List<Block> inputs, Options options, BlockId id, Labels labels, Path directory, QueryContext context)
            throws IOException {
        return merge(inputs, options, id, labels, BlockOutput.directory(directory), context);
    }

    /// As above, to wherever the output lies.
    public static Result merge(
            List<Block> inputs, Options options, BlockId id, Labels labels, BlockOutput output, QueryContext context)
            throws IOException {
        var union = new SymbolUnion(
                inputs.stream().map(input -> input.index().symbols()).toList());
        output.hold(union.retainedBytes());
        var expiry = new SeriesExpiry(options.retention());
        try (var writer = output.open(union);
                var merger = new SeriesMerger(inputs, union, options, context)) {
            output.progress();
            for (long series = 1; merger.next(); series++) {
                context.check();
                merger.write(writer, expiry);
                if (series % SERIES_BETWEEN_CHECKS == 0) {
                    output.progress();
                }
            }
            output.progress();
            var metas = inputs.stream().map(Block::meta).toList();
            BlockMeta meta = MergedMeta.merged(id, metas, labels, options.retention(), writer.finish());
            writer.commit(meta);
            return new Result(meta, merger.counts().withExpired(expiry.removedSamples()));
        }
    }
}
