package io.meridian.compactor;

import io.meridian.compactor.merge.RecordCursor;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What a small block holds, in its order, without deleted samples.
public final class StoredSeries {
    private static final int READ_BYTES = 1 << 20;

    private StoredSeries() {}

    public static SequencedMap<Labels, List<EncodedChunk>> of(Bucket bucket, BlockId id) throws IOException {
        try (var block = BlockFiles.open(bucket, id)) {
            return of(block);
        }
    }

    public static SequencedMap<Labels, List<EncodedChunk>> of(Block block) throws IOException {
        var series = new LinkedHashMap<Labels, List<EncodedChunk>>();
        var union = new SymbolUnion(List.of(block.index().symbols())).read();
        try (var cursor = new RecordCursor(block, 0, union, READ_BYTES, QueryContext.unlimited())) {
            while (cursor.next()) {
                series.put(cursor.labels(), copy(cursor.chunks()));
            }
        }
        return series;
    }

    private static List<EncodedChunk> copy(List<EncodedChunk> chunks) {
        return chunks.stream()
                .map(chunk -> new EncodedChunk(chunk.encoding(), chunk.minMs(), chunk.maxMs(), chunk.copyBytes()))
                .toList();
    }
}
