package io.meridian.proto.store;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.proto.codec.ChunkReencoder;
import io.meridian.proto.codec.EncodedLabels;
import io.meridian.proto.codec.FrameSink;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.codec.SeriesFrameWriter;
import io.meridian.proto.codec.SeriesRequestCodec;
import io.meridian.proto.codec.ShardFilter;
import io.meridian.proto.wire.SeriesRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One answer to `Series`: selects, drops replica labels, filters by shard, makes chunks readable, and writes frames.
final class SeriesCall {
    private final SeriesSource source;
    private final SeriesRequest request;
    private final QueryContext context;
    private final Selection selection;
    private final ShardFilter shard;
    private final Set<ChunkEncoding> encodings;
    private final SeriesFrameWriter out;
    private final Set<Notice> written = new HashSet<>();
    private @Nullable Series current;

    /// @param frames gets the messages; may block
    /// @throws IllegalArgumentException if the request is wrong
    SeriesCall(SeriesSource source, SeriesRequest request, QueryContext context, FrameSink frames) {
        this.source = source;
        this.request = request;
        this.context = context;
        this.shard = SeriesRequestCodec.shard(request);
        this.encodings = SeriesRequestCodec.encodings(request);
        Selection plain = SeriesRequestCodec.selection(request);
        boolean limitHere = !shard.isAll() || request.getWithoutReplicaLabelsCount() > 0;
        this.selection = limitHere ? plain : plain.withHints(withLimit(plain, request.getLimit()));
        boolean forMeridian = request.getMeridianEncodingsCount() > 0;
        this.out =
                new SeriesFrameWriter(plain.hints().aggregates(), forMeridian, request.getResponseBatchSize(), frames);
    }

    private static io.meridian.model.SelectHints withLimit(Selection selection, long limit) {
        var hints = selection.hints();
        return new io.meridian.model.SelectHints(
                hints.function(),
                hints.stepMs(),
                hints.rangeMs(),
                hints.grouping(),
                hints.groupingBy(),
                hints.maxResolutionMs(),
                hints.aggregates(),
                hints.labelsOnly(),
                limit);
    }

    /// Writes the answer. Where the source fails in its middle, the series before that have gone out.
    void run() {
        try {
            writeSeries();
        } catch (RuntimeException failure) {
            try {
                out.flushComplete();
            } catch (RuntimeException alsoFailed) {
                if (!alsoFailed.equals(failure)) {
                    failure.addSuppressed(alsoFailed);
                }
            }
            throw failure;
        }
        out.flush();
        warnings();
    }

    private void writeSeries() {
        long left = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
        var reencoder = new ChunkReencoder(encodings, this::broken);
        ChunkedSeries.Visitor untouched = reencoder.readable(out);
        try (SeriesSet set = open()) {
            Series series;
            while (left > 0 && (series = set.nextTransient()) != null) {
                context.check();
                warnings();
                current = series;
                if (!shard.isAll() && !shard.matches(series.labels())) {
                    continue;
                }
                List<Chunk> chunks = List.of();
                if (!request.getSkipChunks() && series instanceof ChunkedSeries chunked && chunked.isPlain()) {
                    if (series instanceof EncodedLabels encoded) {
                        out.begin(encoded);
                    } else {
                        out.begin(series.labels());
                    }
                    chunked.visit(untouched);
                    out.end();
                    left--;
                    continue;
                }
                if (!request.getSkipChunks()) {
                    List<Chunk> stored = ChunksOf.series(series, reencoder);
                    chunks = wanted(reencoder.readable(stored));
                    if (chunks.isEmpty() && !stored.isEmpty()) {
                        continue;
                    }
                }
                out.series(series.labels(), chunks);
                left--;
            }
        }
    }

    private void broken(Chunk chunk, CorruptDataException failure) {
        ChunkOrigin origin = chunk.origin();
        if (origin != null) {
            origin.broken(String.valueOf(failure.getMessage()));
        }
        String reason = "a chunk of this series cannot be decoded, its samples are missing: " + failure.getMessage();
        Labels labels = current == null ? Labels.empty() : current.labels();
        var times = new TimeRange(chunk.minMs(), chunk.maxMs());
        context.sourceFailed(
                new Notice(origin == null ? "series" : origin.name(), labels, times, reason), Fault.CORRUPT_BLOCK);
    }

    private SeriesSet open() {
        SeriesSet set = source.select(selection, context);
        List<String> replicaLabels = ModelCodec.texts(request.getWithoutReplicaLabelsList());
        return replicaLabels.isEmpty() ? set : LabelStripper.strip(set, replicaLabels, context);
    }

    /// Sends each notice once, as soon as there is one.
    private void warnings() {
        for (Notice notice : context.notices()) {
            if (written.add(notice)) {
                out.warning(notice.toString());
            }
        }
    }

    /// Leaves out downsampled chunks that have none of the aggregates asked for: histograms have no MIN and MAX. A
    /// request without aggregates gets their times, as from Thanos.
    private List<Chunk> wanted(List<Chunk> chunks) {
        Set<Aggregate> aggregates = selection.hints().aggregates();
        if (aggregates.isEmpty()) {
            return chunks;
        }
        List<Chunk> kept = null;
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            boolean keep = !(chunk instanceof AggregateChunk downsampled) || hasAny(downsampled, aggregates);
            if (!keep && kept == null) {
                kept = new ArrayList<>(chunks.subList(0, i));
            } else if (keep && kept != null) {
                kept.add(chunk);
            }
        }
        return kept == null ? chunks : kept;
    }

    private static boolean hasAny(AggregateChunk chunk, Set<Aggregate> aggregates) {
        for (Aggregate aggregate : aggregates) {
            if (chunk.part(aggregate) != null) {
                return true;
            }
        }
        return false;
    }
}
