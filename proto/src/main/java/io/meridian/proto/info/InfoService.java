package io.meridian.proto.info;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.meridian.proto.wire.InfoProto;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.Service;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Serves `thanos.info.Info`; an error while the process is not ready, so that queriers leave it out.
public final class InfoService implements Service {
    static final ServiceName NAME = ServiceName.create("thanos.info.Info");

    private final Supplier<EndpointInfo> info;
    private final BooleanSupplier ready;

    /// @param info must not block: it is asked on the event loop
    public InfoService(Supplier<EndpointInfo> info, BooleanSupplier ready) {
        this.info = info;
        this.ready = ready;
    }

    @Override
    public ServiceName name() {
        return NAME;
    }

    @Override
    public ServiceDescriptor descriptor() {
        return InfoProto.getDescriptor().findServiceByName("Info");
    }

    @Override
    public void bind(GrpcServer server) {
        ServiceMethod<Buffer, Buffer> method =
                ServiceMethod.server(NAME, "Info", GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
        server.callHandler(method, request -> request.handler(_ -> answer(request)));
    }

    private void answer(GrpcServerRequest<Buffer, Buffer> request) {
        if (!ready.getAsBoolean()) {
            request.response()
                    .status(GrpcStatus.UNAVAILABLE)
                    .statusMessage("Not ready")
                    .end();
            return;
        }
        request.response().end(Buffer.buffer(InfoCodec.toWire(info.get()).toByteArray()));
    }
}
