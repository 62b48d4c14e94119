/// The store gateway: a bucket of blocks as a source of series.
@NullMarked
package io.meridian.storegateway;

import org.jspecify.annotations.NullMarked;
