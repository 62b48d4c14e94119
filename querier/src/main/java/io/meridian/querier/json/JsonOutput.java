package io.meridian.querier.json;

import io.meridian.model.StaleMarker;
import io.meridian.model.Utf8;
import io.meridian.server.http.AnswerStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A buffer of JSON text on its way to a stream. Used by one thread; [#flush] at the end.
public final class JsonOutput {
    private static final int BUFFER_BYTES_FIRST = 1 << 12;
    private static final int BUFFER_BYTES_MAX = 1 << 17;
    /// Longer texts are looked at character by character.
    private static final int PLAIN_CHARACTERS_MAX = 1 << 10;

    /// Longest text of a number without an exponent, in bytes: 5e-324.
    private static final int FIXED_BYTES_MAX = 1100;
    private static final int POINT_BYTES_MAX = PointTexts.PLACE_BYTES + NumberText.BYTES_MAX + 8;
    private static final long POINT_END = '"' | ']' << 8 | ',' << 16;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream target;

    /// Whether everything stays in the buffer until it is moved on.
    private final boolean held;

    private byte[] buffer = new byte[BUFFER_BYTES_FIRST];
    private int size;

    public JsonOutput(OutputStream target) {
        this(target, false);
    }

    private JsonOutput(OutputStream target, boolean held) {
        this.target = target;
        this.held = held;
    }

    /// One whose text stays until [#moveTo].
    static JsonOutput held() {
        return new JsonOutput(OutputStream.nullOutputStream(), true);
    }

    /// Hands what is held to another's stream.
    void moveTo(JsonOutput other) throws IOException {
        other.flushBuffer();
        other.target.write(buffer, 0, size);
        size = 0;
    }

    /// Makes what is held ready to be sent.
    AnswerStream.Piece moveTo(AnswerStream stream) {
        AnswerStream.Piece piece = stream.piece(buffer, 0, size);
        size = 0;
        return piece;
    }

    /// The stream behind, if it takes pieces that were made ready elsewhere, with all before them handed over; or null.
    @Nullable
    AnswerStream pieces() throws IOException {
        if (target instanceof AnswerStream answer) {
            flushBuffer();
            return answer;
        }
        return null;
    }

    /// Room that is taken, whether text is in it or not, in bytes.
    int capacity() {
        return buffer.length;
    }

    /// Text that needs no escape, in ASCII.
    public JsonOutput raw(String ascii) throws IOException {
        int length = ascii.length();
        if (length > BUFFER_BYTES_MAX && !held) {
            return raw(ascii.getBytes(StandardCharsets.ISO_8859_1));
        }
        room(length);
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    public JsonOutput raw(byte[] bytes) throws IOException {
        if (bytes.length > BUFFER_BYTES_MAX && !held) {
            flushBuffer();
            target.write(bytes);
            return this;
        }
        return raw(bytes, 0, bytes.length);
    }

    JsonOutput raw(byte[] bytes, int offset, int length) throws IOException {
        room(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
        return this;
    }

    public JsonOutput raw(char ascii) throws IOException {
        room(1);
        buffer[size++] = (byte) ascii;
        return this;
    }

    /// A quoted string as Go's `encoding/json` writes it: `<`, `>`, `&` escaped, bad UTF-8 replaced.
    public JsonOutput string(String text) throws IOException {
        raw('"');
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            switch (point) {
                case '<', '>', '&', 0x2028, 0x2029 -> unicode(point);
                default -> {
                    if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                        raw("\\ufffd");
                    } else {
                        point(point);
                    }
                }
            }
        }
        return raw('"');
    }

    /// A quoted string as Prometheus writes labels of samples: only what JSON demands is escaped, and bytes that are
    /// not UTF-8 go out as they are.
    public JsonOutput label(String text) throws IOException {
        int length = text.length();
        if (length <= PLAIN_CHARACTERS_MAX) {
            room(length + 2);
            int end = plain(text, length, buffer, size);
            if (end > 0) {
                size = end;
                return this;
            }
        }
        raw('"');
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c);
            } else {
                rest(text.substring(i));
                break;
            }
        }
        return raw('"');
    }

    /// Writes a text without anything to be escaped, in quotes.
    ///
    /// @return the position behind it, or -1 if there is something
    private static int plain(String text, int length, byte[] target, int position) {
        int at = position;
        target[at++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
                return -1;
            }
            target[at++] = (byte) c;
        }
        target[at++] = '"';
        return at;
    }

    private void rest(String text) throws IOException {
        for (byte b : Utf8.encode(text)) {
            if (b < 0) {
                room(1);
                buffer[size++] = b;
            } else {
                ascii((char) b);
            }
        }
    }

    private void point(int point) throws IOException {
        if (point < 0x80) {
            ascii((char) point);
        } else {
            raw(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void ascii(char c) throws IOException {
        room(6);
        if (c >= 0x20 && c != '"' && c != '\\') {
            buffer[size++] = (byte) c;
            return;
        }
        switch (c) {
            case '"', '\\' -> {
                buffer[size++] = '\\';
                buffer[size++] = (byte) c;
            }
            case '\n' -> raw("\\n");
            case '\r' -> raw("\\r");
            case '\t' -> raw("\\t");
            default -> unicode(c);
        }
    }

    private void unicode(int point) throws IOException {
        room(6);
        buffer[size++] = '\\';
        buffer[size++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer[size++] = HEX[point >> shift & 0xF];
        }
    }

    public JsonOutput number(long value) throws IOException {
        room(NumberText.LONG_BYTES_MAX);
        size = NumberText.write(value, buffer, size);
        return this;
    }

    /// The digits of a sample's value: an exponent below 1e-6 and from 1e21 on.
    public JsonOutput number(double value) throws IOException {
        room(NumberText.BYTES_MAX);
        size = NumberText.write(value, true, buffer, size);
        return this;
    }

    /// The digits of a scalar's value: never an exponent.
    public JsonOutput fixed(double value) throws IOException {
        room(FIXED_BYTES_MAX);
        size = NumberText.write(value, false, buffer, size);
        return this;
    }

    /// A sample's value in quotes.
    public JsonOutput quoted(double value) throws IOException {
        room(NumberText.BYTES_MAX + 2);
        buffer[size++] = '"';
        size = NumberText.write(value, true, buffer, size);
        buffer[size++] = '"';
        return this;
    }

    /// A bucket: its text from the offset on, and its count.
    void bucket(byte[] text, int offset, double count, CountTexts counts) throws IOException {
        int length = text.length - offset;
        room(length + CountTexts.BYTES_MAX);
        System.arraycopy(text, offset, buffer, size, length);
        size = counts.write(count, buffer, size + length);
    }

    /// A sample's time: seconds, with three decimals where there are milliseconds.
    public JsonOutput time(long timeMs) throws IOException {
        room(NumberText.LONG_BYTES_MAX + 4);
        size = NumberText.writeTime(timeMs, buffer, size);
        return this;
    }

    /// Points `[time,"value"]` with commas between them, where there are values.
    ///
    /// @param texts  of the points' times
    /// @param values as columns have them: the stale marker where there is none
    /// @param from   at most the first point that has a value
    /// @param to     behind the last point that has a value
    JsonOutput points(PointTexts texts, double[] values, int from, int to) throws IOException {
        for (int i = from; i < to; ) {
            room(POINT_BYTES_MAX);
            int end = Math.min(to, i + (buffer.length - size) / POINT_BYTES_MAX);
            size = points(texts, values, i, end, buffer, size);
            i = end;
        }
        // the comma behind the last one
        size--;
        return this;
    }

    private static int points(PointTexts texts, double[] values, int from, int to, byte[] buffer, int position) {
        int at = position;
        for (int i = from; i < to; i++) {
            double value = values[i];
            if (!StaleMarker.is(value)) {
                at = texts.write(i, buffer, at);
                at = NumberText.write(value, true, buffer, at);
                DecimalDigits.LONG.set(buffer, at, POINT_END);
                at += 3;
            }
        }
        return at;
    }

    private void room(int bytes) throws IOException {
        if (bytes > buffer.length - size) {
            makeRoom(bytes);
        }
    }

    private void makeRoom(int bytes) throws IOException {
        if (held) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, Integer.highestOneBit(size + bytes) << 1));
        } else if (buffer.length == BUFFER_BYTES_MAX) {
            flushBuffer();
        } else {
            int grown = Math.max(8 * buffer.length, Integer.highestOneBit(size + bytes) << 1);
            buffer = Arrays.copyOf(buffer, Math.min(BUFFER_BYTES_MAX, grown));
            room(bytes);
        }
    }

    private void flushBuffer() throws IOException {
        target.write(buffer, 0, size);
        size = 0;
    }

    /// Hands everything to the stream, which is to be closed or flushed by its owner.
    public void flush() throws IOException {
        if (held) {
            return;
        }
        flushBuffer();
    }
}
