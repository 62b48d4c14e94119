package io.meridian.sidecar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/// The body of an answer: in chunks, of a known length, or up to the end of the connection.
final class HttpBody extends InputStream {
    private static final int LINE_BYTES_MAX = 1 << 12;
    private static final int LENGTH_DIGITS_MAX = 15;
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final HttpBuffer in;
    private final boolean chunked;
    /// Of the body, or of the chunk.
    private long left;

    private boolean ended;

    private HttpBody(HttpBuffer in, boolean chunked, long left) {
        this.in = in;
        this.chunked = chunked;
        this.left = left;
        this.ended = !chunked && left == 0;
    }

    /// @param headers by names in lower case
    static HttpBody of(int status, Map<String, String> headers, HttpBuffer in) throws IOException {
        if (status == 204 || status == 304) {
            return new HttpBody(in, false, 0);
        }
        String coding = headers.getOrDefault("transfer-encoding", "");
        if (coding.equalsIgnoreCase("chunked")) {
            return new HttpBody(in, true, 0);
        }
        if (!coding.isEmpty()) {
            throw new IOException("unknown transfer encoding \"" + coding + "\"");
        }
        String length = headers.get("content-length");
        if (length == null) {
            return new HttpBody(in, false, UNKNOWN);
        }
        if (!length.matches("[0-9]{1,18}")) {
            throw new IOException("wrong length of the answer: \"" + length + "\"");
        }
        return new HttpBody(in, false, Long.parseLong(length));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /// Reads what has been received, over the borders of chunks; waits for the network only where that is nothing.
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        java.util.Objects.checkFromIndexSize(offset, length, target.length);
        int done = 0;
        while (done < length && !ended && (done == 0 || in.available() > 0)) {
            if (chunked && left == 0) {
                beginChunk();
                continue;
            }
            if (!in.fill()) {
                if (left != UNKNOWN) {
                    throw new EOFException("connection ends within the answer");
                }
                ended = true;
                break;
            }
            int taken = in.take(target, offset + done, (int) Math.min(left, length - done));
            done += taken;
            left -= left == UNKNOWN ? 0 : taken;
            if (left == 0) {
                endPart();
            }
        }
        return done > 0 || length == 0 ? done : -1;
    }

    private void beginChunk() throws IOException {
        int digits = 0;
        int next = in.read();
        for (int digit; (digit = Character.digit(next, 16)) >= 0; next = in.read()) {
            left = left << 4 | digit;
            if (++digits > LENGTH_DIGITS_MAX) {
                throw new IOException("wrong length of a chunk in the answer");
            }
        }
        if (digits == 0) {
            throw new IOException("chunk without a length in the answer");
        }
        for (int skipped = 0; next != '\n'; next = in.read()) {
            if (++skipped > LINE_BYTES_MAX) {
                throw new IOException("chunk of the answer has too long an extension");
            }
        }
        if (left == 0) {
            while (!in.line(LINE_BYTES_MAX).isEmpty()) {
                // fields after the body mean nothing here
            }
            ended = true;
        }
    }

    private void endPart() throws IOException {
        if (!chunked) {
            ended = true;
            return;
        }
        int next = in.read();
        if ((next == '\r' ? in.read() : next) != '\n') {
            throw new IOException("chunk of the answer is longer than it says");
        }
    }
}
