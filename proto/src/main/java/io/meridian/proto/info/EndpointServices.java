package io.meridian.proto.info;

import io.meridian.model.SeriesSource;
import io.meridian.proto.store.StoreService;
import io.vertx.core.Vertx;
import io.vertx.grpc.server.Service;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// What every process that has data serves over gRPC: its source as StoreAPI, and the Info by which queriers choose it.
public final class EndpointServices {
    private static final long CALL_BYTES_MAX =
            Math.max(256L << 20, Runtime.getRuntime().maxMemory() / 2);

    private EndpointServices() {}

    /// @param info  must not block: it is asked on the event loop
    /// @param ready until then Info is an error, so that queriers leave the process out
    public static List<Service> of(
            Vertx vertx, SeriesSource source, Supplier<EndpointInfo> info, BooleanSupplier ready) {
        return List.of(new StoreService(vertx, source, CALL_BYTES_MAX), new InfoService(info, ready));
    }
}
