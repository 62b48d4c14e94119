package io.meridian.compactor.downsample;

import java.util.List;

/// Raw float series → aggregates: compressed chunks in, encoded aggregate chunks out. Every implementation gives the
/// same bits. Not thread-safe; an implementation may use many threads, or a device, inside.
public interface DownsampleKernel extends AutoCloseable {
    /// `cpu` or `cuda`.
    String device();

    /// How many bytes of chunks a batch should have, so that the device is busy.
    default int batchBytes() {
        return 8 << 20;
    }

    /// Downsamples all runs of the batch.
    ///
    /// @param resolutionMs width of the windows
    /// @return the runs in their order, cut into one or more batches; valid until the call after the next one
    /// @throws io.meridian.model.CorruptDataException if a chunk cannot be decoded
    List<AggregateBatch> downsample(RawBatch batch, long resolutionMs);

    @Override
    void close();
}
