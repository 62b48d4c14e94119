/// Which endpoints there are, and how they are.
@NullMarked
package io.meridian.querier.discovery;

import org.jspecify.annotations.NullMarked;
