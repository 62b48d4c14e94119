package io.meridian.model.chunk;

/// Writes start timestamps behind the samples of a chunk: nothing while they stay the same, from the first change on
/// their distance to the sample before.
final class StartTimeWriter {
    /// The header has 7 bits for the first sample with a change, so from here on all are written.
    private static final int CHANGE_INDEX_MAX = 0x7F;

    private static final int FIRST_KNOWN = 0x80;

    private long startTime;
    private long distance;
    private int header;

    void clear() {
        startTime = 0;
        distance = 0;
        header = 0;
    }

    /// @param index      of the sample in its chunk
    /// @param previousMs time of the sample before
    void write(BitWriter out, int index, long newStartTime, long timeMs, long previousMs) {
        if (index == 0) {
            if (newStartTime != 0) {
                out.varint(timeMs - newStartTime);
                header = FIRST_KNOWN;
            }
        } else {
            boolean started = (header & CHANGE_INDEX_MAX) != 0;
            if (started || newStartTime != startTime || index == CHANGE_INDEX_MAX) {
                long newDistance = previousMs - newStartTime;
                Varbit.writeSigned(out, newDistance - (started ? distance : 0));
                distance = newDistance;
                if (!started) {
                    header |= index;
                }
            }
        }
        startTime = newStartTime;
    }

    byte header() {
        return (byte) header;
    }
}
