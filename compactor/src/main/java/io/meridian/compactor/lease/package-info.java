/// One compactor leads: epochs as fencing tokens, a lease that is renewed, and what waiters see of it.
@NullMarked
package io.meridian.compactor.lease;

import org.jspecify.annotations.NullMarked;
