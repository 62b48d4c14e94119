/// What is to be done for a query: immutable nodes, and the passes that make them.
package io.meridian.promql.plan;
