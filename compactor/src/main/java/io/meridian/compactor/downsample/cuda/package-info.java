/// Downsampling on an NVIDIA device: the driver is looked for, the kernels of `src/main/cuda` are loaded, and batches
/// go through them in groups, several in flight. Whatever a device cannot do, the CPU does, with the same bits.
@NullMarked
package io.meridian.compactor.downsample.cuda;

import org.jspecify.annotations.NullMarked;
