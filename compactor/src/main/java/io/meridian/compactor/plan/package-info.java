/// Pure decisions: what to merge, downsample, keep and delete. No bucket, no clock, no thread.
@NullMarked
package io.meridian.compactor.plan;

import org.jspecify.annotations.NullMarked;
