/// Operators and kernels by themselves.
@NullMarked
package io.meridian.promql.exec;

import org.jspecify.annotations.NullMarked;
