package io.meridian.model.chunk;

/// Reads what [StartTimeWriter] wrote, for histogram chunks.
final class StartTimeReader {
    private final boolean firstKnown;
    private final int changeOn;
    private long startTime;
    private long distance;

    StartTimeReader(int header) {
        firstKnown = header >= 0x80;
        changeOn = (header & 0x7F) == 0 ? Integer.MAX_VALUE : header & 0x7F;
    }

    /// The start timestamp of the sample at `index`, 0 for unknown.
    long read(BitReader in, int index, long timeMs, long previousMs) {
        if (index == 0) {
            if (firstKnown) {
                startTime = timeMs - in.varint();
            }
        } else if (index >= changeOn) {
            distance += in.varbit();
            startTime = previousMs - distance;
        }
        return startTime;
    }
}
