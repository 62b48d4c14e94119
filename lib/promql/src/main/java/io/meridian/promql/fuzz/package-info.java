/// Random series and random queries about them, from a seed: for tests, and to compare with other servers.
@NullMarked
package io.meridian.promql.fuzz;

import org.jspecify.annotations.NullMarked;
