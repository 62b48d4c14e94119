package io.meridian.compactor.merge;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The series of several blocks as one ascending sequence, each once, with merged chunks.
final class SeriesMerger implements AutoCloseable {
    /// The hint of a block whose samples came out of order.
    static final String FROM_OUT_OF_ORDER = "from-out-of-order";

    private static final class Source {
        final RecordCursor cursor;
        /// Sources of one group hold parts of one replica; they are merged without loss before others join.
        final int group;

        Source(RecordCursor cursor, int group) {
            this.cursor = cursor;
            this.group = group;
        }
    }

    private final OrderedHeap<Source> heap = new OrderedHeap<>((a, b) -> a.cursor.compareLabels(b.cursor));
    private final List<Source> current = new ArrayList<>();
    private final List<RecordCursor> cursors = new ArrayList<>();
    private final SampleOverlap overlap;
    private final OverlapMerger merger;
    private final SampleOverlap losslessOverlap;
    private final OverlapMerger lossless;
    private final boolean grouped;
    /// The sources of the series in the order of their times, if none overlaps another.
    private final List<RecordCursor> row = new ArrayList<>();
    private boolean isRow;
    private long inputSamples;
    private long tombstoneSamples;

    /// @param blocks in the order that decides ties
    /// @param union  of their symbols, read
    SeriesMerger(List<Block> blocks, SymbolUnion union, BlockMerger.Options options, QueryContext context)
            throws IOException {
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
                var cursor = new RecordCursor(blocks.get(i), i, union, options.readBytes(), context);
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
        cursors.forEach(RecordCursor::close);
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
        var first = current.getFirst().cursor;
        for (int i = 1; i < current.size(); i++) {
            if (!current.get(i).cursor.hasLabelsOf(first)) {
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
        } else {
            current.forEach(heap::push);
            current.clear();
            if (heap.isEmpty()) {
                return false;
            }
            var first = heap.peek().cursor;
            while (!heap.isEmpty() && heap.peek().cursor.hasLabelsOf(first)) {
                current.add(heap.pop());
            }
        }
        for (var source : current) {
            inputSamples += source.cursor.sampleCount();
        }
        isRow = findRow();
        return true;
    }

    /// Whether no source begins before another has ended, as with blocks that follow each other.
    private boolean findRow() {
        row.clear();
        for (var source : current) {
            int at = row.size();
            while (at > 0 && row.get(at - 1).firstMs() > source.cursor.firstMs()) {
                at--;
            }
            row.add(at, source.cursor);
        }
        for (int i = 1; i < row.size(); i++) {
            if (row.get(i).firstMs() <= row.get(i - 1).lastMs()) {
                return false;
            }
        }
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

    /// Of the series at hand.
    Labels labels() {
        return current.getFirst().cursor.labels();
    }

    /// The merged chunks, each time anew; valid until [#next].
    List<EncodedChunk> chunks() {
        if (isRow) {
            return row.stream().flatMap(cursor -> cursor.chunks().stream()).toList();
        }
        var sources = current.stream().map(source -> source.cursor.chunks()).toList();
        boolean hasXor2 =
                sources.stream().flatMap(List::stream).anyMatch(chunk -> chunk.encoding() == ChunkEncoding.XOR2);
        overlap.begin(hasXor2);
        losslessOverlap.begin(hasXor2);
        return merger.merge(sources());
    }

    /// Writes the series at hand.
    ///
    /// @param expiry what it leaves out
    void write(BlockWriter writer, SeriesExpiry expiry) throws IOException {
        var first = current.getFirst().cursor;
        boolean copied = isRow && !expiry.isAny();
        for (int i = 0; i < row.size() && copied; i++) {
            copied = row.get(i).isAsStored();
        }
        if (copied) {
            writer.begin();
            for (var cursor : row) {
                writer.copy(cursor.records(), cursor.recordsFrom(), cursor.recordsTo());
            }
            writer.end(first.symbols(), first.labelsFrom(), first.labelsTo());
        } else {
            var chunks = expiry.isAny() ? expiry.apply(labels(), chunks()) : chunks();
            writer.add(first.symbols(), first.labelsFrom(), first.labelsTo(), chunks);
        }
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
