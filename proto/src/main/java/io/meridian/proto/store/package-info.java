/// Thanos' StoreAPI over gRPC: a server for any source, and a source that is a client.
@NullMarked
package io.meridian.proto.store;

import org.jspecify.annotations.NullMarked;
