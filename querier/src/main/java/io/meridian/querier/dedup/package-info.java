/// One series out of several replicas, chunks and resolutions.
@NullMarked
package io.meridian.querier.dedup;

import org.jspecify.annotations.NullMarked;
