/// The HTTP API of Prometheus and Thanos.
@NullMarked
package io.meridian.querier.http;

import org.jspecify.annotations.NullMarked;
