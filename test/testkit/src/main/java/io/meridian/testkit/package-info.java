/// Fixtures that tests of several modules share.
@NullMarked
package io.meridian.testkit;

import org.jspecify.annotations.NullMarked;
