@NullMarked
package io.meridian.querier.http;

import org.jspecify.annotations.NullMarked;
