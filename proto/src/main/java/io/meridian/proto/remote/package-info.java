/// Prometheus' remote read: requests, sampled and streamed answers.
@NullMarked
package io.meridian.proto.remote;

import org.jspecify.annotations.NullMarked;
