/// The one backend of SLF4J: logfmt or JSON lines on standard error.
@NullMarked
package io.meridian.server.log;

import org.jspecify.annotations.NullMarked;
