/// What a query's plan is, what it may cost and what it did cost.
@NullMarked
package io.meridian.promql.explain;

import org.jspecify.annotations.NullMarked;
