/// An HTTP server on Vert.x: event loops move bytes, handlers run on virtual threads.
@NullMarked
package io.meridian.server.http;

import org.jspecify.annotations.NullMarked;
