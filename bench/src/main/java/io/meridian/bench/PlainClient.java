package io.meridian.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks for an address and throws the answer away as it comes, so that the client costs as little as it can.
final class PlainClient {
    private static final int EDGE_BYTES = 2048;
    private static final Pattern SECONDS = Pattern.compile("\"evalTotalTime\":([-+.0-9eE]+)");
    private static final Pattern MILLISECONDS = Pattern.compile("\"executionTimeMsec\":([0-9]+)");

    /// @param bytes    its head included
    /// @param engineMs time in the engine as the server tells it, or NaN
    /// @param empty    whether it is a result without any series
    record Answer(long bytes, double engineMs, boolean empty) {}

    private final byte[] buffer = new byte[1 << 20];
    private final String encoding;

    /// @param encoding what the client says it accepts: `identity` or `gzip`
    PlainClient(String encoding) {
        this.encoding = encoding;
    }

    /// @throws IOException if the status is not 200
    Answer get(URI uri) throws IOException {
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            String head = "GET " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                    + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\nAccept-Encoding: " + encoding
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            long total = 0;
            var start = new StringBuilder();
            String end = "";
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (start.length() < EDGE_BYTES) {
                    start.append(latin(0, Math.min(n, EDGE_BYTES)));
                }
                String last = latin(Math.max(0, n - EDGE_BYTES), n);
                end = last.length() < EDGE_BYTES ? end + last : last;
                total += n;
            }
            if (start.indexOf("HTTP/1.1 200") != 0) {
                throw new IOException(uri + ": " + start);
            }
            return new Answer(total, engineMs(end), start.indexOf("\"result\":[]") >= 0);
        }
    }

    private String latin(int from, int to) {
        return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static double engineMs(String end) {
        Matcher seconds = SECONDS.matcher(end);
        if (seconds.find()) {
            return Double.parseDouble(seconds.group(1)) * 1000;
        }
        Matcher milliseconds = MILLISECONDS.matcher(end);
        return milliseconds.find() ? Double.parseDouble(milliseconds.group(1)) : Double.NaN;
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
