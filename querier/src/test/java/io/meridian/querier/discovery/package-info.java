@NullMarked
package io.meridian.querier.discovery;

import org.jspecify.annotations.NullMarked;
