/// Many sources read as one.
@NullMarked
package io.meridian.querier.fanout;

import org.jspecify.annotations.NullMarked;
