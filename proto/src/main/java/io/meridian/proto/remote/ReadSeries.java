package io.meridian.proto.remote;

import io.meridian.model.Labels;
import io.meridian.model.chunk.Chunk;
import java.util.List;

/// A series, or a part of one, in the answer to one query of a remote read.
///
/// @param queryIndex which query of the request
public record ReadSeries(int queryIndex, Labels labels, List<Chunk> chunks) {
    public ReadSeries {
        chunks = List.copyOf(chunks);
    }

    ReadSeries withQueryIndex(int index) {
        return new ReadSeries(index, labels, chunks);
    }
}
