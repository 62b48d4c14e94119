@NullMarked
package io.meridian.querier.json;

import org.jspecify.annotations.NullMarked;
