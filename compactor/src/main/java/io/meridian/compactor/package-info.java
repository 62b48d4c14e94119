/// The compactor: merges blocks, downsamples them, applies retention, and cleans the bucket.
@NullMarked
package io.meridian.compactor;

import org.jspecify.annotations.NullMarked;
