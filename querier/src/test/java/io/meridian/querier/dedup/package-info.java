@NullMarked
package io.meridian.querier.dedup;

import org.jspecify.annotations.NullMarked;
