@NullMarked
package io.meridian.promql.explain;

import org.jspecify.annotations.NullMarked;
