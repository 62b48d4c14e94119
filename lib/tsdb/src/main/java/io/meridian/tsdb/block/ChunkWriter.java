package io.meridian.tsdb.block;

import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.FileSink;
import io.meridian.tsdb.index.ByteSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Writes the segment files of a block, and begins a new one where Prometheus would: before the chunk that, reckoned
/// with the longest length field, would not fit any more.
public final class ChunkWriter implements AutoCloseable {
    private final Target target;
    private final long segmentBytesMax;
    private final List<String> names = new ArrayList<>();
    private final ByteWriter head = new ByteWriter(16);
    private final CRC32C crc = new CRC32C();
    private @Nullable BackgroundSink segment;
    /// The one before, on its way to its place.
    private @Nullable BackgroundSink ending;
    /// Of the series being written: whether nothing was in its first segment, and the segment's length as reckoned.
    private boolean isFresh;

    private long reckoned;

    /// Where segments go.
    @FunctionalInterface
    interface Target {
        /// A new segment file of this name.
        ByteSink open(String name) throws IOException;
    }

    /// @param directory is created if it does not exist
    public ChunkWriter(Path directory) throws IOException {
        this(directory, ChunkFormat.SEGMENT_BYTES_MAX);
    }

    ChunkWriter(Path directory, long segmentBytesMax) throws IOException {
        this(name -> new FileSink(directory.resolve(name)), segmentBytesMax);
        Files.createDirectories(directory);
    }

    ChunkWriter(Target target, long segmentBytesMax) {
        this.target = target;
        this.segmentBytesMax = segmentBytesMax;
    }

    /// Writes the chunks of one series and sets `refs[0 .. size - 1]` to where they are.
    public void write(List<? extends Chunk> chunks, long[] refs) throws IOException {
        beginSeries();
        for (int i = 0; i < chunks.size(); i++) {
            EncodedChunk chunk = encoded(chunks.get(i));
            if (!fits(chunk.length())) {
                cut();
            }
            refs[i] = write(Objects.requireNonNull(segment), chunk);
        }
    }

    /// What is written until this is called again are chunks of one series.
    void beginSeries() {
        isFresh = segment == null || segment.position() == ChunkFormat.HEADER_LENGTH;
        reckoned = segment == null ? ChunkFormat.HEADER_LENGTH : segment.position();
    }

    /// Copies records of a series and sets `refs[at …]` to where they are: those that lie in a row as one.
    void copy(ChunkRecords records, int from, int to, long[] refs, int at) throws IOException {
        int start = 0;
        int length = 0;
        for (int i = from; i < to; i++) {
            boolean fits = fits(records.payloadLength(i));
            if (!fits || records.start(i) != start + length) {
                flush(records, start, length);
                start = records.start(i);
                length = 0;
            }
            if (!fits) {
                cut();
            }
            long position = Objects.requireNonNull(segment).position();
            refs[at + i - from] = ChunkFormat.ref(names.size() - 1, position + length);
            length += records.length(i);
        }
        flush(records, start, length);
    }

    private void flush(ChunkRecords records, int start, int length) throws IOException {
        if (length > 0) {
            Objects.requireNonNull(segment).write(records.bytes, start, length);
        }
    }

    /// Whether the next chunk goes into the segment that is open.
    private boolean fits(int payloadLength) {
        long size = ChunkFormat.LENGTH_LENGTH_MAX
                + ChunkFormat.ENCODING_LENGTH
                + (long) payloadLength
                + ChunkFormat.CRC_LENGTH;
        reckoned += size;
        boolean fits = segment != null && (reckoned <= segmentBytesMax || isFresh);
        if (!fits) {
            reckoned = ChunkFormat.HEADER_LENGTH + size;
        }
        isFresh = false;
        return fits;
    }

    private static EncodedChunk encoded(Chunk chunk) {
        return switch (chunk) {
            case EncodedChunk encoded -> encoded;
            case AggregateChunk aggregate ->
                new EncodedChunk(ChunkEncoding.AGGREGATE, aggregate.minMs(), aggregate.maxMs(), aggregate.encode());
        };
    }

    private long write(ByteSink out, EncodedChunk chunk) throws IOException {
        long ref = ChunkFormat.ref(names.size() - 1, out.position());
        head.clear();
        head.uvarint(chunk.length());
        head.u8(chunk.encoding().id());
        out.write(head.array(), 0, head.size());
        out.write(chunk.array(), chunk.offset(), chunk.length());
        crc.reset();
        crc.update(chunk.encoding().id());
        crc.update(chunk.array(), chunk.offset(), chunk.length());
        head.clear();
        head.be32((int) crc.getValue());
        out.write(head.array(), 0, head.size());
        return ref;
    }

    private void cut() throws IOException {
        finishLater();
        String name = "%06d".formatted(names.size() + 1);
        names.add(name);
        var next = new BackgroundSink(target.open(name));
        head.clear();
        head.be32(ChunkFormat.MAGIC);
        head.u8(ChunkFormat.VERSION);
        head.u8(0);
        head.u8(0);
        head.u8(0);
        next.write(head.array(), 0, head.size());
        segment = next;
    }

    /// Hands everything over; the last segment comes to its place meanwhile, for which [#finish] waits. No chunks can
    /// be added to it after.
    void finishLater() throws IOException {
        if (segment != null) {
            // one at a time: each has its buffers
            awaitEnding();
            segment.finishLater();
            ending = segment;
            segment = null;
        }
    }

    private void awaitEnding() throws IOException {
        if (ending != null) {
            ending.finish();
            ending.close();
            ending = null;
        }
    }

    /// Waits until all segments are in their places. No chunks can be added to the last one after.
    public void finish() throws IOException {
        finishLater();
        awaitEnding();
    }

    /// Names of the segment files so far, in order.
    public List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public void close() throws IOException {
        try (var _ = ending;
                var _ = segment) {
            // both, whatever happens to the first
        }
    }
}
