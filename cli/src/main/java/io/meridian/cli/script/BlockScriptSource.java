package io.meridian.cli.script;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/// What a script has loaded, written as a block and read from it.
public final class BlockScriptSource implements SeriesSource, AutoCloseable {
    private final Block block;

    private BlockScriptSource(Block block) {
        this.block = block;
    }

    /// @param folder of blocks; the new one is another folder in it
    public static BlockScriptSource write(Path folder, List<LoadedSeries> series) {
        BlockId id = BlockId.generate(0);
        Path directory = folder.resolve(id.toString());
        var symbols = new TreeSet<String>(Utf8::compare);
        for (LoadedSeries one : series) {
            Labels labels = one.labels();
            for (int i = 0; i < labels.size(); i++) {
                symbols.add(labels.name(i));
                symbols.add(labels.value(i));
            }
        }
        try (var writer = new BlockWriter(directory, symbols)) {
            for (LoadedSeries one : series) {
                List<EncodedChunk> chunks = one.chunks(false);
                if (!chunks.isEmpty()) {
                    writer.add(one.labels(), chunks);
                }
            }
            BlockWriter.Summary summary = writer.finish();
            writer.commit(BlockMeta.of(
                    id,
                    Math.min(0, summary.firstMs()),
                    Math.max(1, summary.lastMs() + 1),
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                    BlockMeta.Thanos.EMPTY));
            Files.createDirectories(directory.resolve("chunks"));
            return new BlockScriptSource(BlockFiles.open(new FilesystemBucket(folder), id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return block.name();
    }

    @Override
    public List<Coverage> coverage() {
        return List.of(new Coverage(Labels.empty(), TimeRange.ALL));
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        return block.select(selection, context);
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        return block.labelNames(selection, context);
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        return block.labelValues(labelName, selection, context);
    }

    @Override
    public void close() {
        block.close();
    }
}
