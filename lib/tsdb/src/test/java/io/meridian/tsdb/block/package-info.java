@NullMarked
package io.meridian.tsdb.block;

import org.jspecify.annotations.NullMarked;
