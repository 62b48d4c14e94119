/// JSON answers, written byte by byte as Prometheus writes them.
@NullMarked
package io.meridian.querier.json;

import org.jspecify.annotations.NullMarked;
