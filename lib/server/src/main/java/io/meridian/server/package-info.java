/// What every process needs to serve: HTTP, gRPC, probes, metrics, TLS, its life from start to SIGTERM.
@NullMarked
package io.meridian.server;

import org.jspecify.annotations.NullMarked;
