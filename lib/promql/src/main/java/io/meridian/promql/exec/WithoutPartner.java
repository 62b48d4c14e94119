package io.meridian.promql.exec;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.Series;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.Xor2Chunk;
import io.meridian.model.chunk.XorChunk;
import io.meridian.promql.plan.SelectorPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the series of a selector that no series of a binary operator's other side can match, and whose samples nobody
/// has to see: see [io.meridian.promql.plan.MatcherPropagation].
final class WithoutPartner {
    /// Points of a series that are held at once: of an operand, of what is made of it, and gathered.
    private static final int HELD_TOGETHER_MAX = 3;

    private WithoutPartner() {}

    /// Null if there is none.
    static boolean @Nullable [] find(Series[] series, SelectorPlan selector, int steps, SampleCount samples) {
        List<LabelMatcher> partners = selector.partners();
        boolean[] found = null;
        for (int i = 0; i < series.length && !partners.isEmpty(); i++) {
            if (!isPartner(series[i].labels(), partners) && hasFloatsOnly(series[i])) {
                if (!samples.skip((long) HELD_TOGETHER_MAX * steps + samplesMax(series[i]))) {
                    return found;
                }
                found = found == null ? new boolean[series.length] : found;
                found[i] = true;
            }
        }
        return found;
    }

    private static boolean isPartner(Labels labels, List<LabelMatcher> partners) {
        for (LabelMatcher matcher : partners) {
            if (!matcher.matches(labels.get(matcher.name()))) {
                return false;
            }
        }
        return true;
    }

    private static List<Chunk> chunks(Series series) {
        Series read = series instanceof Profile.Measured measured ? measured.series() : series;
        return read instanceof ChunkedSeries stored ? stored.chunks() : List.of();
    }

    /// Whether a series surely has no histograms.
    static boolean hasFloatsOnly(Series series) {
        List<Chunk> chunks = chunks(series);
        for (Chunk chunk : chunks) {
            if (!(chunk instanceof EncodedChunk encoded) || encoded.encoding().isHistogram()) {
                return false;
            }
        }
        return !chunks.isEmpty();
    }

    private static long samplesMax(Series series) {
        long most = 0;
        for (Chunk chunk : chunks(series)) {
            if (chunk instanceof EncodedChunk encoded) {
                most += encoded.encoding() == ChunkEncoding.XOR2
                        ? Xor2Chunk.sampleCount(encoded.array(), encoded.offset(), encoded.length())
                        : XorChunk.sampleCount(encoded.array(), encoded.offset(), encoded.length());
            }
        }
        return most;
    }
}
