package io.meridian.promql.script;

import io.meridian.model.Labels;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.util.List;

/// A series that a script has loaded: floats and float histograms in time order, with start timestamps.
public record LoadedSeries(Labels labels, ExactSamples samples) {
    /// As the storage that scripts run on would hold them.
    ///
    /// @param floatsAsXor2 whether floats without start timestamps are XOR2, too
    public List<EncodedChunk> chunks(boolean floatsAsXor2) {
        return HeadChunks.of(samples, floatsAsXor2);
    }
}
