@NullMarked
package io.meridian.querier.golden;

import org.jspecify.annotations.NullMarked;
