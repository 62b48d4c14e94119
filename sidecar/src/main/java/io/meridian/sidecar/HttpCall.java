package io.meridian.sidecar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// One request over HTTP/1.1 (RFC 9112) on a connection of its own. Blocks, as virtual threads may.
///
/// Prometheus sends a remote read in pieces as small as a series. Here they cost a copy from the socket's memory, and
/// the thread is not woken for each of them ([HttpBody]).
final class HttpCall implements AutoCloseable {
    private static final int HEAD_BYTES_MAX = 1 << 16;

    private final Request request;
    private final byte @Nullable [] posted;
    private final Socket socket = new Socket();
    private int status;
    private Map<String, String> headers = Map.of();
    private InputStream body = InputStream.nullInputStream();

    /// What is asked.
    ///
    /// @param headers beside `Host`, `Connection` and `Content-Length`
    /// @param connect longest wait for the connection
    /// @param silence longest wait for the head of the answer, and for each piece of it that follows
    record Request(URI uri, Map<String, String> headers, Duration connect, Duration silence) {}

    /// @param posted null for GET
    HttpCall(Request request, byte @Nullable [] posted) {
        this.request = request;
        this.posted = posted;
    }

    /// Sends the request and reads the head of the answer. [#close] from another thread ends it.
    ///
    /// @throws IOException if the server cannot be reached, is silent for too long, or does not answer as
    ///                     HTTP does
    void send() throws IOException {
        Socket connected = connect();
        connected.setSoTimeout(millis(request.silence()));
        OutputStream out = connected.getOutputStream();
        out.write(head());
        if (posted != null) {
            out.write(posted);
        }
        out.flush();
        var in = new HttpBuffer(connected.getInputStream());
        do {
            status = status(in.line(HEAD_BYTES_MAX));
            headers = headers(in);
        } while (status / 100 == 1);
        body = HttpBody.of(status, headers, in);
    }

    private Socket connect() throws IOException {
        URI uri = request.uri();
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        if (uri.getHost() == null || !secure && !"http".equalsIgnoreCase(uri.getScheme())) {
            throw new IOException("not an address of an HTTP server");
        }
        String host = uri.getHost().replaceAll("^\\[(.*)]$", "$1");
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("unknown host " + host);
        }
        socket.setTcpNoDelay(true);
        socket.connect(address, millis(request.connect()));
        if (!secure) {
            return socket;
        }
        socket.setSoTimeout(millis(request.connect()));
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var secured = (SSLSocket) factory.createSocket(socket, host, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static int millis(Duration patience) {
        return Math.clamp(patience.toMillis(), 1, Integer.MAX_VALUE);
    }

    private byte[] head() {
        URI uri = request.uri();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var text = new StringBuilder(posted == null ? "GET " : "POST ")
                .append(path)
                .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(uri.getHost())
                .append(uri.getPort() < 0 ? "" : ":" + uri.getPort())
                .append("\r\nConnection: close\r\n");
        if (posted != null) {
            text.append("Content-Length: ").append(posted.length).append("\r\n");
        }
        request.headers()
                .forEach((name, value) ->
                        text.append(name).append(": ").append(value).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
            throw new IOException("answer does not begin as HTTP/1.1 does: \""
                    + line.substring(0, Math.min(80, line.length())) + "\"");
        }
        return Integer.parseInt(line, 9, 12, 10);
    }

    private static Map<String, String> headers(HttpBuffer in) throws IOException {
        var headers = new LinkedHashMap<String, String>();
        int left = HEAD_BYTES_MAX;
        while (true) {
            String line = in.line(left);
            if (line.isEmpty()) {
                return headers;
            }
            left -= line.length() + 1;
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("header without a name in the answer");
            }
            headers.putIfAbsent(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    URI uri() {
        return request.uri();
    }

    int status() {
        return status;
    }

    /// The header's value, or "".
    ///
    /// @param name in lower case
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// The body as it comes; throws [java.net.SocketTimeoutException] where the server is silent for too long.
    InputStream body() {
        return body;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The connection is given up anyway.
        }
    }
}
