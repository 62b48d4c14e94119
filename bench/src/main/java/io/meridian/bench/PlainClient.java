package io.meridian.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// Asks for an address and throws the answer away as it comes, so that the client costs as little as it can.
final class PlainClient {
    private static final int HEAD_MAX = 4096;

    private final byte[] buffer = new byte[1 << 20];
    private final String encoding;

    /// @param encoding what the client says it accepts: `identity` or `gzip`
    PlainClient(String encoding) {
        this.encoding = encoding;
    }

    /// Bytes of the answer, its head included.
    ///
    /// @throws IOException if the status is not 200
    long get(URI uri) throws IOException {
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            String head = "GET " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                    + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\nAccept-Encoding: " + encoding
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            long total = 0;
            String start = "";
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (start.length() < HEAD_MAX) {
                    start += new String(buffer, 0, Math.min(n, HEAD_MAX), StandardCharsets.ISO_8859_1);
                }
                total += n;
            }
            if (!start.startsWith("HTTP/1.1 200")) {
                throw new IOException(uri + ": " + start);
            }
            return total;
        }
    }

    /// The whole answer as text, its head included.
    static String text(URI uri) throws IOException {
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            String head = "GET " + uri.getRawPath() + " HTTP/1.0\r\nHost: " + uri.getAuthority() + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
