/// Budgets and cancellation of queries, over HTTP.
@org.jspecify.annotations.NullMarked
package io.meridian.querier.limits;
