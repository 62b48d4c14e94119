package io.meridian.querier.json;

import io.meridian.model.Utf8;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A buffer of JSON text on its way to a stream. Used by one thread; [#flush] at the end.
public final class JsonOutput {
    private static final int BUFFER_BYTES = 1 << 16;
    /// Longest text of a number, in bytes: 5e-324 without an exponent.
    private static final int NUMBER_BYTES_MAX = 1100;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream target;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int size;

    public JsonOutput(OutputStream target) {
        this.target = target;
    }

    /// Text that needs no escape, in ASCII.
    public JsonOutput raw(String ascii) throws IOException {
        int length = ascii.length();
        if (length > BUFFER_BYTES - size) {
            return raw(ascii.getBytes(StandardCharsets.ISO_8859_1));
        }
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    public JsonOutput raw(byte[] bytes) throws IOException {
        if (bytes.length > BUFFER_BYTES - size) {
            flushBuffer();
            if (bytes.length > BUFFER_BYTES) {
                target.write(bytes);
                return this;
            }
        }
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
        return this;
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
        raw('"');
        int length = text.length();
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
        room(NUMBER_BYTES_MAX);
        size = NumberText.write(value, true, buffer, size);
        return this;
    }

    /// The digits of a scalar's value: never an exponent.
    public JsonOutput fixed(double value) throws IOException {
        room(NUMBER_BYTES_MAX);
        size = NumberText.write(value, false, buffer, size);
        return this;
    }

    /// A sample's value in quotes.
    public JsonOutput quoted(double value) throws IOException {
        room(NUMBER_BYTES_MAX + 2);
        buffer[size++] = '"';
        size = NumberText.write(value, true, buffer, size);
        buffer[size++] = '"';
        return this;
    }

    /// A sample's time: seconds, with three decimals where there are milliseconds.
    public JsonOutput time(long timeMs) throws IOException {
        room(NumberText.LONG_BYTES_MAX + 4);
        size = NumberText.writeTime(timeMs, buffer, size);
        return this;
    }

    private void room(int bytes) throws IOException {
        if (bytes > BUFFER_BYTES - size) {
            flushBuffer();
        }
    }

    private void flushBuffer() throws IOException {
        target.write(buffer, 0, size);
        size = 0;
    }

    /// Hands everything to the stream.
    public void flush() throws IOException {
        flushBuffer();
        target.flush();
    }
}
