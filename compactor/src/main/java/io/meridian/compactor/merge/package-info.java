/// k blocks → one: streaming, chunks that overlap with nothing are copied as bytes.
@NullMarked
package io.meridian.compactor.merge;

import org.jspecify.annotations.NullMarked;
