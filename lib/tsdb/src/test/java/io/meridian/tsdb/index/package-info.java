@NullMarked
package io.meridian.tsdb.index;

import org.jspecify.annotations.NullMarked;
