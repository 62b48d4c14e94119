/// Raw samples → 5-minute → 1-hour aggregates, equal to the bit to Thanos' (`pkg/compact/downsample`).
@NullMarked
package io.meridian.compactor.downsample;

import org.jspecify.annotations.NullMarked;
