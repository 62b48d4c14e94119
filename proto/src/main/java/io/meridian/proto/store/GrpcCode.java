package io.meridian.proto.store;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.vertx.grpc.common.GrpcStatus;

/// Faults as gRPC status codes, and back.
public final class GrpcCode {
    private GrpcCode() {}

    /// The status with which a call fails.
    public static GrpcStatus of(Throwable failure) {
        return switch (failure) {
            case QueryException query ->
                switch (query.fault()) {
                    case BAD_QUERY, EVALUATION -> GrpcStatus.INVALID_ARGUMENT;
                    case LIMIT_EXCEEDED -> GrpcStatus.RESOURCE_EXHAUSTED;
                    case STORE_UNAVAILABLE, CORRUPT_BLOCK -> GrpcStatus.ABORTED;
                    case TIMED_OUT -> GrpcStatus.DEADLINE_EXCEEDED;
                    case CANCELLED -> GrpcStatus.CANCELLED;
                    case INTERNAL -> GrpcStatus.INTERNAL;
                };
            case IllegalArgumentException _ -> GrpcStatus.INVALID_ARGUMENT;
            case CorruptDataException _ -> GrpcStatus.ABORTED;
            default -> GrpcStatus.INTERNAL;
        };
    }

    /// The fault of an endpoint that answered with this status. A limit of the endpoint's own is its failure, not this
    /// query's.
    public static Fault faultOf(GrpcStatus status) {
        return switch (status) {
            case INVALID_ARGUMENT -> Fault.BAD_QUERY;
            case DEADLINE_EXCEEDED -> Fault.TIMED_OUT;
            default -> Fault.STORE_UNAVAILABLE;
        };
    }
}
