/// Command line flags the way Thanos has them.
@NullMarked
package io.meridian.server.flag;

import org.jspecify.annotations.NullMarked;
