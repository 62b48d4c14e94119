package io.meridian.proto.codec;

import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.proto.wire.Aggr;
import io.meridian.proto.wire.Func;
import io.meridian.proto.wire.Grouping;
import io.meridian.proto.wire.PartialResponseStrategy;
import io.meridian.proto.wire.QueryHints;
import io.meridian.proto.wire.Range;
import io.meridian.proto.wire.SeriesRequest;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A [Selection] as `thanos.SeriesRequest`, and back.
public final class SeriesRequestCodec {
    /// The encodings that every client of the StoreAPI reads.
    public static final Set<ChunkEncoding> COMMON_ENCODINGS =
            EnumSet.of(ChunkEncoding.XOR, ChunkEncoding.HISTOGRAM, ChunkEncoding.FLOAT_HISTOGRAM);

    private static final List<Integer> OWN_ENCODINGS =
            List.of(ChunkEncoding.XOR2.id(), ChunkEncoding.HISTOGRAM_ST.id(), ChunkEncoding.FLOAT_HISTOGRAM_ST.id());

    private SeriesRequestCodec() {}

    /// The request of a client of ours: announces every encoding.
    ///
    /// @param batchSize series per frame
    public static SeriesRequest request(Selection selection, PartialResponse partialResponse, long batchSize) {
        SelectHints hints = selection.hints();
        var request = SeriesRequest.newBuilder()
                .setMinTime(selection.range().minMs())
                .setMaxTime(selection.range().maxMs())
                .addAllMatchers(ModelCodec.toWire(selection.matchers()))
                .setMaxResolutionWindow(hints.maxResolutionMs())
                .setPartialResponseStrategy(strategy(partialResponse))
                .setPartialResponseDisabled(partialResponse == PartialResponse.ABORT)
                .setSkipChunks(hints.labelsOnly())
                .setLimit(hints.limit())
                .setResponseBatchSize(batchSize)
                .addAllMeridianEncodings(OWN_ENCODINGS)
                .setQueryHints(queryHints(hints));
        if (hints.aggregates().isEmpty()) {
            request.addAggregates(Aggr.RAW);
        }
        for (Aggregate aggregate : Aggregate.values()) {
            if (hints.aggregates().contains(aggregate)) {
                request.addAggregatesValue(aggregate.ordinal() + 1);
            }
        }
        return request.build();
    }

    public static PartialResponseStrategy strategy(PartialResponse partialResponse) {
        return partialResponse == PartialResponse.ABORT ? PartialResponseStrategy.ABORT : PartialResponseStrategy.WARN;
    }

    /// @param disabled the older field that says the same
    public static PartialResponse partialResponse(PartialResponseStrategy strategy, boolean disabled) {
        return disabled || strategy == PartialResponseStrategy.ABORT ? PartialResponse.ABORT : PartialResponse.WARN;
    }

    private static QueryHints queryHints(SelectHints hints) {
        return QueryHints.newBuilder()
                .setStepMillis(hints.stepMs())
                .setFunc(Func.newBuilder().setName(hints.function()))
                .setGrouping(Grouping.newBuilder()
                        .setBy(hints.groupingBy())
                        .addAllLabels(ModelCodec.allBytes(hints.grouping())))
                .setRange(Range.newBuilder().setMillis(hints.rangeMs()))
                .build();
    }

    /// What the request selects. Limit, replica labels and shard are left to the server.
    ///
    /// @throws IllegalArgumentException if a matcher is wrong
    public static Selection selection(SeriesRequest request) {
        List<LabelMatcher> matchers = ModelCodec.matchers(request.getMatchersList());
        QueryHints wire = request.getQueryHints();
        var hints = new SelectHints(
                wire.getFunc().getName(),
                wire.getStepMillis(),
                wire.getRange().getMillis(),
                ModelCodec.texts(wire.getGrouping().getLabelsList()),
                wire.getGrouping().getBy(),
                request.getMaxResolutionWindow(),
                aggregates(request),
                request.getSkipChunks(),
                0);
        return new Selection(matchers, new TimeRange(request.getMinTime(), request.getMaxTime()), hints);
    }

    private static Set<Aggregate> aggregates(SeriesRequest request) {
        var aggregates = EnumSet.noneOf(Aggregate.class);
        Aggregate[] all = Aggregate.values();
        for (int value : request.getAggregatesValueList()) {
            if (value >= 1 && value <= all.length) {
                aggregates.add(all[value - 1]);
            }
        }
        return aggregates;
    }

    /// The encodings that the client reads.
    public static Set<ChunkEncoding> encodings(SeriesRequest request) {
        var encodings = EnumSet.copyOf(COMMON_ENCODINGS);
        for (int id : request.getMeridianEncodingsList()) {
            ChunkEncoding encoding = WireEncoding.ofDiskId(id);
            if (encoding != null) {
                encodings.add(encoding);
            }
        }
        return encodings;
    }

    public static ShardFilter shard(SeriesRequest request) {
        var shard = request.getShardInfo();
        return new ShardFilter(
                shard.getShardIndex(),
                shard.getTotalShards(),
                shard.getBy(),
                new HashSet<>(ModelCodec.texts(shard.getLabelsList())));
    }
}
