package io.meridian.acceptance;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The raw samples of a bucket's blocks, found without any of the processes.
///
/// @param samples   value by time by series, external labels included
/// @param duplicate samples that more than one block has
record BucketContents(Map<Labels, TreeMap<Long, Double>> samples, List<String> duplicate) {

    /// Of all blocks that are complete and not marked for deletion.
    static BucketContents of(Bucket bucket) throws IOException {
        var contents = new BucketContents(new TreeMap<>(), new ArrayList<>());
        for (BlockMeta meta : live(bucket)) {
            if (meta.thanos().resolutionMs() == 0) {
                contents.add(bucket, meta.id());
            }
        }
        return contents;
    }

    static List<BlockMeta> live(Bucket bucket) throws IOException {
        var store = new BlockStore(bucket, null);
        var objects = store.discover();
        var metas = store.metas(BlockStore.complete(objects));
        if (!metas.failures().isEmpty()) {
            throw new IOException("unreadable: " + metas.failures());
        }
        return metas.found().values().stream()
                .filter(meta -> {
                    var found = objects.get(meta.id());
                    return found != null && !found.marks().contains(BlockMark.Kind.DELETION);
                })
                .toList();
    }

    private void add(Bucket bucket, BlockId id) throws IOException {
        QueryContext context = QueryContext.unlimited();
        try (var block = BlockFiles.open(bucket, id);
                SeriesSet set = block.select(new Selection(List.of(), TimeRange.ALL), context)) {
            for (Series series = set.next(); series != null; series = set.next()) {
                var buffer = new SampleBuffer();
                series.read(TimeRange.ALL, buffer);
                var own = samples.computeIfAbsent(series.labels(), _ -> new TreeMap<>());
                for (int i = 0; i < buffer.size(); i++) {
                    if (own.put(buffer.times()[i], buffer.values()[i]) != null) {
                        duplicate.add(series.labels() + " at " + buffer.times()[i] + " again in " + id);
                    }
                }
            }
        }
        if (!context.notices().isEmpty()) {
            throw new IOException("unreadable: " + context.notices());
        }
    }
}
