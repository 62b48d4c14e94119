/// The querier: one place to ask questions about all stores.
@NullMarked
package io.meridian.querier;

import org.jspecify.annotations.NullMarked;
