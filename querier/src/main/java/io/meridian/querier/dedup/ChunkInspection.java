package io.meridian.querier.dedup;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkTimes;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What of a chunk can be trusted: all of it, the samples that lie where it says, or nothing.
///
/// @param sound  what is left, in order; each is what it states
/// @param defect what is wrong; null if nothing is
record ChunkInspection(List<Chunk> sound, @Nullable String defect) {
    static ChunkInspection of(Chunk chunk) {
        return switch (chunk) {
            case EncodedChunk raw -> ofRaw(raw);
            case AggregateChunk aggregates -> ofParts(aggregates);
        };
    }

    private static ChunkInspection ofRaw(EncodedChunk chunk) {
        String defect = defect(chunk, null);
        return defect == null
                ? new ChunkInspection(List.of(chunk), null)
                : new ChunkInspection(List.copyOf(remainder(chunk)), defect);
    }

    /// A part that is not whole is left out: others of its kind must not be mixed with windows of another length.
    private static ChunkInspection ofParts(AggregateChunk chunk) {
        var parts = new @Nullable EncodedChunk[Aggregate.values().length];
        String defect = null;
        for (Aggregate aggregate : Aggregate.values()) {
            EncodedChunk part = chunk.part(aggregate);
            String wrong = part == null ? null : defect(part, aggregate);
            if (wrong == null) {
                parts[aggregate.ordinal()] = part;
            } else {
                defect = aggregate + ": " + wrong;
            }
        }
        return defect == null
                ? new ChunkInspection(List.of(chunk), null)
                : new ChunkInspection(
                        List.of(new AggregateChunk(chunk.minMs(), chunk.maxMs(), chunk.resolutionMs(), parts)), defect);
    }

    private static @Nullable String defect(EncodedChunk chunk, @Nullable Aggregate aggregate) {
        SampleBuffer decoded = ScratchBuffers.take();
        try {
            if (aggregate == null) {
                ChunkTimes.decode(chunk, decoded);
            } else {
                ChunkTimes.decode(chunk, aggregate, decoded);
            }
            return null;
        } catch (CorruptDataException e) {
            return String.valueOf(e.getMessage());
        } finally {
            ScratchBuffers.release(decoded);
        }
    }

    /// The samples of a raw chunk that lie where it says, each later than the one before. One that begins elsewhere is
    /// another's chunk: nothing of it is this series'.
    private static List<EncodedChunk> remainder(EncodedChunk chunk) {
        var range = new TimeRange(chunk.minMs(), chunk.maxMs());
        var exact = new ExactSamples();
        try {
            exact.decode(chunk);
        } catch (CorruptDataException e) {
            return List.of();
        }
        if (exact.size() == 0 || exact.time(0) != chunk.minMs()) {
            return List.of();
        }
        var kept = new ExactSamples();
        for (int i = 0; i < exact.size(); i++) {
            long time = exact.time(i);
            if (range.contains(time) && (kept.size() == 0 || time > kept.time(kept.size() - 1))) {
                kept.append(exact, i);
            }
        }
        return ChunkEncoder.encode(kept, chunk.encoding() == ChunkEncoding.XOR2);
    }
}
