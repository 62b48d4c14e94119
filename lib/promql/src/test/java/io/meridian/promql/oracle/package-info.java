/// A slow and obvious evaluator of PromQL, one step at a time, to hold the engine against.
@NullMarked
package io.meridian.promql.oracle;

import org.jspecify.annotations.NullMarked;
