/// Thanos' Info API over gRPC, both ends.
@NullMarked
package io.meridian.proto.info;

import org.jspecify.annotations.NullMarked;
