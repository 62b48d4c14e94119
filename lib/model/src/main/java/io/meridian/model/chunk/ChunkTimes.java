package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;

/// Whether the samples of a chunk lie where it says. A checksum that fits does not show it, and a chunk that holds
/// other times than it states would push out healthy samples of the chunks beside it.
///
/// What writers of blocks and senders of chunks keep to: raw chunks begin and end when they say. So do the parts of
/// downsampled ones, except that sums may begin later (Thanos loses some), and that counters begin with a raw sample
/// of any time and repeat their last.
public final class ChunkTimes {
    private static final String NAME = "chunk";

    private ChunkTimes() {}

    /// Appends every sample of a raw chunk; appends none if it is broken.
    ///
    /// @throws CorruptDataException if it cannot be decoded, or its samples lie elsewhere
    public static void decode(EncodedChunk chunk, SampleBuffer target) {
        int before = decodeSome(chunk, target);
        verify(chunk, target, before, true);
    }

    /// The same with a part of a downsampled chunk.
    public static void decode(EncodedChunk part, Aggregate aggregate, SampleBuffer target) {
        int before = decodeSome(part, target);
        if (aggregate != Aggregate.COUNTER) {
            verify(part, target, before, false);
            return;
        }
        long[] times = target.times();
        int size = target.size();
        for (int i = before + 1; i < size; i++) {
            if (times[i] < times[i - 1]) {
                throw disorder(target, before);
            }
        }
        verifyEnd(part, target, before);
    }

    /// @return where its samples begin
    private static int decodeSome(EncodedChunk chunk, SampleBuffer target) {
        int before = target.size();
        ChunkCodec.decode(chunk, target);
        if (target.size() == before) {
            throw new CorruptDataException(NAME, -1, "holds no samples");
        }
        return before;
    }

    private static void verify(EncodedChunk chunk, SampleBuffer decoded, int from, boolean raw) {
        long[] times = decoded.times();
        long first = times[from];
        if (first < chunk.minMs() || raw && first > chunk.minMs()) {
            decoded.retain(0, from);
            throw new CorruptDataException(
                    NAME, -1, "begins at another time than it states: expected=" + chunk.minMs() + ", actual=" + first);
        }
        if (!isAscending(times, from, decoded.size())) {
            throw disorder(decoded, from);
        }
        verifyEnd(chunk, decoded, from);
    }

    /// Prometheus once sent the chunk that it was writing to with the last of all times.
    private static void verifyEnd(EncodedChunk chunk, SampleBuffer decoded, int from) {
        long last = decoded.times()[decoded.size() - 1];
        if (last != chunk.maxMs() && chunk.maxMs() != Long.MAX_VALUE) {
            decoded.retain(0, from);
            throw new CorruptDataException(
                    NAME, -1, "ends at another time than it states: expected=" + chunk.maxMs() + ", actual=" + last);
        }
    }

    private static CorruptDataException disorder(SampleBuffer decoded, int from) {
        decoded.retain(0, from);
        return new CorruptDataException(NAME, -1, "times do not rise");
    }

    /// Whether each of the times `from .. to - 1` is later than the one before. A loop whose branches are always
    /// guessed right costs less here than one without.
    public static boolean isAscending(long[] times, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (times[i] <= times[i - 1]) {
                return false;
            }
        }
        return true;
    }
}
