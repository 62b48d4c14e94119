package io.meridian.proto.codec;

import io.meridian.model.CorruptDataException;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkTranscoder;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes chunks anew in the encodings that every client of the StoreAPI reads. Start timestamps are lost: those
/// encodings have no place for them. For one thread.
public final class ChunkReencoder {
    /// As many samples as Prometheus aims at.
    private static final int SAMPLES_PER_CHUNK = 120;

    private final Set<ChunkEncoding> readable;
    private final Broken broken;
    private final XorEncoder floats = new XorEncoder();

    /// Told of a chunk of a list that cannot be decoded; it is left out.
    @FunctionalInterface
    public interface Broken {
        void chunk(Chunk chunk, CorruptDataException failure);
    }

    /// @param readable encodings that the client reads
    public ChunkReencoder(Set<ChunkEncoding> readable) {
        this(readable, (_, failure) -> {
            throw failure;
        });
    }

    /// @param readable encodings that the client reads
    public ChunkReencoder(Set<ChunkEncoding> readable, Broken broken) {
        this.readable = readable;
        this.broken = broken;
    }

    /// The same chunks, those that the client cannot read written anew.
    public List<Chunk> readable(List<Chunk> chunks) {
        for (Chunk chunk : chunks) {
            if (!isReadable(chunk)) {
                return rewrite(chunks);
            }
        }
        return chunks;
    }

    /// Passes on what the client reads as it is, and the rest written anew.
    public ChunkedSeries.Visitor readable(ChunkedSeries.Visitor target) {
        return new ChunkedSeries.Visitor() {
            @Override
            public void from(@Nullable ChunkOrigin origin) {
                target.from(origin);
            }

            @Override
            public void chunk(ChunkEncoding encoding, long minMs, long maxMs, byte[] bytes, int offset, int length) {
                if (readable.contains(encoding)) {
                    target.chunk(encoding, minMs, maxMs, bytes, offset, length);
                    return;
                }
                for (EncodedChunk plain :
                        ChunkTranscoder.plain(new EncodedChunk(encoding, minMs, maxMs, bytes, offset, length))) {
                    target.chunk(
                            plain.encoding(),
                            plain.minMs(),
                            plain.maxMs(),
                            plain.array(),
                            plain.offset(),
                            plain.length());
                }
            }
        };
    }

    private boolean isReadable(Chunk chunk) {
        return switch (chunk) {
            case EncodedChunk raw -> readable.contains(raw.encoding());
            case AggregateChunk downsampled -> {
                for (Aggregate aggregate : Aggregate.values()) {
                    EncodedChunk part = downsampled.part(aggregate);
                    if (part != null && !readable.contains(part.encoding())) {
                        yield false;
                    }
                }
                yield true;
            }
        };
    }

    private List<Chunk> rewrite(List<Chunk> chunks) {
        var result = new ArrayList<Chunk>(chunks.size());
        for (Chunk chunk : chunks) {
            if (isReadable(chunk)) {
                result.add(chunk);
                continue;
            }
            try {
                switch (chunk) {
                    case EncodedChunk raw -> result.addAll(ChunkTranscoder.plain(raw));
                    case AggregateChunk downsampled -> result.add(rewriteParts(downsampled));
                }
            } catch (CorruptDataException e) {
                broken.chunk(chunk, e);
            }
        }
        return result;
    }

    private AggregateChunk rewriteParts(AggregateChunk chunk) {
        Aggregate[] all = Aggregate.values();
        var parts = new @Nullable EncodedChunk[all.length];
        for (int i = 0; i < all.length; i++) {
            EncodedChunk part = chunk.part(all[i]);
            if (part != null && !readable.contains(part.encoding())) {
                List<EncodedChunk> plain = ChunkTranscoder.plain(part);
                part = plain.isEmpty() ? null : plain.getFirst();
            }
            parts[i] = part;
        }
        return new AggregateChunk(chunk.minMs(), chunk.maxMs(), chunk.resolutionMs(), parts);
    }

    /// Samples as chunks of the usual size.
    public List<Chunk> encode(SampleBuffer source) {
        var result = new ArrayList<Chunk>();
        HistogramColumn column = source.histograms();
        @Nullable FloatHistogram[] histograms = column == null ? null : column.toArray(source.size());
        int from = 0;
        while (from < source.size()) {
            boolean histogram = histograms != null && histograms[from] != null;
            int to = from + 1;
            while (to < source.size()
                    && to - from < SAMPLES_PER_CHUNK
                    && (histograms != null && histograms[to] != null) == histogram) {
                to++;
            }
            if (histogram && histograms != null) {
                HistogramRuns.encode(source.times(), histograms, from, to, result);
            } else {
                result.add(floatChunk(source, from, to));
            }
            from = to;
        }
        return result;
    }

    private EncodedChunk floatChunk(SampleBuffer source, int from, int to) {
        floats.clear();
        for (int i = from; i < to; i++) {
            floats.append(source.times()[i], source.values()[i]);
        }
        return new EncodedChunk(ChunkEncoding.XOR, source.times()[from], source.times()[to - 1], floats.toBytes());
    }
}
