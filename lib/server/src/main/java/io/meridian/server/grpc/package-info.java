/// A gRPC server on Vert.x, and TLS for both ends.
@NullMarked
package io.meridian.server.grpc;

import org.jspecify.annotations.NullMarked;
