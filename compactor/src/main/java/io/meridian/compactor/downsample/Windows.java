package io.meridian.compactor.downsample;

/// The arithmetic of windows and of how many chunks a series is cut into.
public final class Windows {
    /// What a raw sample is taken to stand for, whatever the scrape interval is.
    public static final long RAW_STEP_MS = 60_000;

    private static final int SAMPLES_PER_CHUNK_MAX = 140;

    private Windows() {}

    /// The last millisecond of the window that holds `timeMs`; windows are aligned to the epoch.
    public static long end(long timeMs, long resolutionMs) {
        return timeMs - timeMs % resolutionMs + resolutionMs - 1;
    }

    /// Into how many chunks the samples of `[minMs, maxMs]` are to be cut.
    ///
    /// @param stepMs       what a sample of the input stands for: [#RAW_STEP_MS], or the input's resolution
    /// @param resolutionMs of the output
    /// @param count        samples of the input
    public static int targetChunks(long minMs, long maxMs, long stepMs, long resolutionMs, long count) {
        // Whole steps and whole windows only.
        long possible = (maxMs - minMs) / stepMs;
        long windows = (maxMs - minMs) / resolutionMs;
        double fullness = Math.min(1, count / (double) possible);
        int expected = (int) (windows * fullness) + 1;
        int chunks = 1;
        while (expected / chunks > SAMPLES_PER_CHUNK_MAX) {
            chunks++;
        }
        return chunks;
    }
}
