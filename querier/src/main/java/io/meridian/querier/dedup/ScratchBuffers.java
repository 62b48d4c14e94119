package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;
import java.util.ArrayDeque;

/// Buffers that a thread uses again, so that reading a series allocates nothing once warm.
final class ScratchBuffers {
    private static final int KEPT_MAX = 16;
    private static final long KEPT_BYTES_MAX = 4 << 20;
    private static final ThreadLocal<ArrayDeque<SampleBuffer>> FREE = ThreadLocal.withInitial(ArrayDeque::new);

    private ScratchBuffers() {}

    /// An empty buffer; to be given back by [#release].
    static SampleBuffer take() {
        SampleBuffer buffer = FREE.get().poll();
        return buffer == null ? new SampleBuffer() : buffer;
    }

    static void release(SampleBuffer buffer) {
        if (buffer.retainedBytes() <= KEPT_BYTES_MAX && FREE.get().size() < KEPT_MAX) {
            buffer.clear();
            FREE.get().push(buffer);
        }
    }
}
