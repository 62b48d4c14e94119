package io.meridian.sidecar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What was received on a connection and not yet read. For one thread.
final class HttpBuffer {
    private static final int CAPACITY = 128 << 10;
    /// From so many bytes on an answer counts as large.
    private static final long LARGE = 256 << 10;
    /// Bytes that are worth being woken for in a large answer.
    private static final int WORTH_WAKING = CAPACITY / 4;

    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final InputStream in;
    private final byte[] bytes = new byte[CAPACITY];
    private int position;
    private int limit;
    private long received;
    private boolean slow;

    HttpBuffer(InputStream in) {
        this.in = in;
    }

    /// Bytes that can be had without waiting for the network.
    int available() {
        return limit - position;
    }

    /// Waits until there is something; false at the end of the connection.
    ///
    /// A server that sends a large answer in small pieces would wake the thread for each of them, which costs both
    /// sides more than the reading: after a read that brought little the thread gives it a moment to send more.
    boolean fill() throws IOException {
        if (position < limit) {
            return true;
        }
        if (slow) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        int read = in.read(bytes, 0, bytes.length);
        if (read < 0) {
            return false;
        }
        received += read;
        slow = received > LARGE && read < WORTH_WAKING;
        position = 0;
        limit = read;
        return true;
    }

    /// The next byte.
    int read() throws IOException {
        if (!fill()) {
            throw new EOFException("connection ends within the answer");
        }
        return bytes[position++];
    }

    /// Takes as much as is there, at most `length` bytes.
    int take(byte[] target, int offset, int length) {
        int count = Math.min(length, limit - position);
        System.arraycopy(bytes, position, target, offset, count);
        position += count;
        return count;
    }

    /// A line without its end.
    ///
    /// @param bytesMax longest line
    String line(int bytesMax) throws IOException {
        var line = new StringBuilder();
        while (true) {
            int next = read();
            if (next == '\n') {
                int length = line.length();
                return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
            }
            if (line.length() >= bytesMax) {
                throw new IOException("line of more than " + bytesMax + " bytes in the head of an answer");
            }
            line.append((char) (next & 0xFF));
        }
    }
}
