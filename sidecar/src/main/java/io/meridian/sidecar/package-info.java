/// The sidecar: serves a live Prometheus as StoreAPI and ships its finished blocks to a bucket.
@NullMarked
package io.meridian.sidecar;

import org.jspecify.annotations.NullMarked;
