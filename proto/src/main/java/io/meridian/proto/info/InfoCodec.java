package io.meridian.proto.info;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.wire.InfoResponse;
import io.meridian.proto.wire.QueryAPIInfo;
import io.meridian.proto.wire.StoreInfo;
import io.meridian.proto.wire.TSDBInfo;
import java.util.List;

/// [EndpointInfo] as `thanos.info.InfoResponse`, and back.
final class InfoCodec {
    private InfoCodec() {}

    static InfoResponse toWire(EndpointInfo info) {
        var response = InfoResponse.newBuilder().setComponentType(info.component());
        info.labelSets().forEach(labels -> response.addLabelSets(ModelCodec.labelSet(labels)));
        EndpointInfo.StoreInfo store = info.store();
        if (store != null) {
            var wire = StoreInfo.newBuilder()
                    .setMinTime(store.range().minMs())
                    .setMaxTime(store.range().maxMs())
                    .setSupportsSharding(store.supportsSharding())
                    .setSupportsWithoutReplicaLabels(store.supportsReplicaLabels())
                    .setMeridianSorted(store.sorted());
            for (Coverage coverage : store.coverage()) {
                wire.addTsdbInfos(TSDBInfo.newBuilder()
                        .setLabels(ModelCodec.labelSet(coverage.externalLabels()))
                        .setMinTime(coverage.range().minMs())
                        .setMaxTime(coverage.range().maxMs()));
            }
            response.setStore(wire);
        }
        if (info.hasQueryApi()) {
            response.setQuery(QueryAPIInfo.getDefaultInstance());
        }
        return response.build();
    }

    static EndpointInfo fromWire(InfoResponse response) {
        List<Labels> labelSets = response.getLabelSetsList().stream()
                .map(ModelCodec::labels)
                .filter(labels -> !labels.isEmpty())
                .toList();
        EndpointInfo.StoreInfo store = null;
        if (response.hasStore()) {
            StoreInfo wire = response.getStore();
            // Old endpoints tell no range; 0 to 0 stands for everything.
            TimeRange range = wire.getMinTime() == 0 && wire.getMaxTime() == 0
                    ? TimeRange.ALL
                    : new TimeRange(wire.getMinTime(), wire.getMaxTime());
            store = new EndpointInfo.StoreInfo(
                    range,
                    wire.getTsdbInfosList().stream()
                            .map(tsdb -> new Coverage(
                                    ModelCodec.labels(tsdb.getLabels()),
                                    new TimeRange(tsdb.getMinTime(), tsdb.getMaxTime())))
                            .toList(),
                    wire.getSupportsSharding(),
                    wire.getSupportsWithoutReplicaLabels(),
                    wire.getMeridianSorted());
        }
        return new EndpointInfo(response.getComponentType(), labelSets, store, response.hasQuery());
    }
}
