@NullMarked
package io.meridian.tsdb;

import org.jspecify.annotations.NullMarked;
