package io.meridian.compactor.merge;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// The series of several blocks as one ascending sequence, each once, with merged chunks.
final class SeriesMerger implements AutoCloseable {
    /// The hint of a block whose samples came out of order.
    static final String FROM_OUT_OF_ORDER = "from-out-of-order";

    private static final class Source {
        final SeriesCursor cursor;
        /// Sources of one group hold parts of one replica; they are merged without loss before others join.
        final int group;

        Source(SeriesCursor cursor, int group) {
            this.cursor = cursor;
            this.group = group;
        }
    }

    private final OrderedHeap<Source> heap =
            new OrderedHeap<>(Comparator.comparing((Source source) -> source.cursor.labels()));
    private final List<Source> current = new ArrayList<>();
    private final List<SeriesCursor> cursors = new ArrayList<>();
    private final SampleOverlap overlap;
    private final OverlapMerger merger;
    private final SampleOverlap losslessOverlap;
    private final OverlapMerger lossless;
    private final boolean grouped;
    private Labels labels = Labels.empty();
    private List<EncodedChunk> chunks = List.of();
    private long inputSamples;
    private long tombstoneSamples;

    /// @param blocks in the order that decides ties
    SeriesMerger(List<Block> blocks, BlockMerger.Options options, QueryContext context) throws IOException {
        var deduplication = options.deduplication();
        boolean xor2 = options.xor2();
        long resolutionMs = commonResolution(blocks);
        overlap = new SampleOverlap(deduplication, xor2, resolutionMs);
        merger = new OverlapMerger(overlap);
        losslessOverlap = new SampleOverlap(Deduplication.NONE, xor2, resolutionMs);
        lossless = new OverlapMerger(losslessOverlap);
        grouped = deduplication == Deduplication.PENALTY
                && blocks.stream().map(Block::meta).anyMatch(SeriesMerger::isOutOfOrder);
        try {
            for (int i = 0; i < blocks.size(); i++) {
                var cursor = new SeriesCursor(blocks.get(i), options.readBytes(), context);
                cursors.add(cursor);
                current.add(new Source(cursor, group(blocks, i)));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        cursors.forEach(SeriesCursor::close);
    }

    private static long commonResolution(List<Block> blocks) {
        long resolutionMs = blocks.getFirst().meta().thanos().resolutionMs();
        for (var block : blocks) {
            if (block.meta().thanos().resolutionMs() != resolutionMs) {
                throw new IllegalArgumentException("blocks of different resolutions cannot be merged: %s, %s"
                        .formatted(blocks.getFirst().meta().id(), block.meta().id()));
            }
        }
        return resolutionMs;
    }

    static boolean isOutOfOrder(BlockMeta meta) {
        return meta.compaction().hints().contains(FROM_OUT_OF_ORDER) || MergedMeta.remembersOutOfOrder(meta);
    }

    /// Blocks of a stream that has out-of-order blocks form one group, every other block its own.
    private static int group(List<Block> blocks, int index) {
        var labels = blocks.get(index).meta().thanos().labels();
        boolean stream = blocks.stream()
                .anyMatch(block -> block.meta().thanos().labels().equals(labels) && isOutOfOrder(block.meta()));
        if (!stream) {
            return index;
        }
        for (int i = 0; ; i++) {
            if (blocks.get(i).meta().thanos().labels().equals(labels)) {
                return i;
            }
        }
    }

    /// Moves the current sources on; those that have come to their end are current no more.
    private void advance() throws IOException {
        int left = 0;
        for (int i = 0; i < current.size(); i++) {
            var source = current.get(i);
            boolean more = source.cursor.next();
            tombstoneSamples += source.cursor.samplesRemoved();
            if (more) {
                current.set(left++, source);
            }
        }
        current.subList(left, current.size()).clear();
    }

    /// Whether all blocks have the same series next, as those of one stream mostly do.
    private boolean isUnanimous() {
        if (!heap.isEmpty() || current.isEmpty()) {
            return false;
        }
        Labels first = current.getFirst().cursor.labels();
        for (int i = 1; i < current.size(); i++) {
            if (!current.get(i).cursor.labels().equals(first)) {
                return false;
            }
        }
        return true;
    }

    boolean next() throws IOException {
        advance();
        if (isUnanimous()) {
            // the order in which the heap would give them back
            Collections.reverse(current.subList(1, current.size()));
            labels = current.getFirst().cursor.labels();
        } else {
            current.forEach(heap::push);
            current.clear();
            if (heap.isEmpty()) {
                return false;
            }
            labels = heap.peek().cursor.labels();
            while (!heap.isEmpty() && heap.peek().cursor.labels().equals(labels)) {
                current.add(heap.pop());
            }
        }
        boolean hasXor2 = false;
        for (var source : current) {
            for (var chunk : source.cursor.chunks()) {
                inputSamples += ChunkSamples.count(chunk);
                hasXor2 |= chunk.encoding() == ChunkEncoding.XOR2;
            }
        }
        overlap.begin(hasXor2);
        losslessOverlap.begin(hasXor2);
        chunks = current.size() == 1 ? current.getFirst().cursor.chunks() : merger.merge(sources());
        return true;
    }

    private List<List<EncodedChunk>> sources() {
        if (!grouped) {
            return current.stream().map(source -> source.cursor.chunks()).toList();
        }
        var merged = new ArrayList<List<EncodedChunk>>();
        for (int i = 0; i < current.size(); i++) {
            int group = current.get(i).group;
            if (current.subList(0, i).stream().anyMatch(source -> source.group == group)) {
                continue;
            }
            var members = current.stream()
                    .filter(source -> source.group == group)
                    .map(source -> source.cursor.chunks())
                    .toList();
            merged.add(members.size() == 1 ? members.getFirst() : lossless.merge(members));
        }
        return merged;
    }

    Labels labels() {
        return labels;
    }

    List<EncodedChunk> chunks() {
        return chunks;
    }

    /// What was read and what was left out, so far.
    MergeCounts counts() {
        return new MergeCounts(
                inputSamples + tombstoneSamples,
                tombstoneSamples,
                merger.duplicateSamples() + lossless.duplicateSamples(),
                overlap.removedSamples() + losslessOverlap.removedSamples());
    }
}
