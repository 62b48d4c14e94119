package io.meridian.server.flag;

/// Where to listen: `0.0.0.0:10902`, `:10902` (all interfaces), `[::1]:0` (any free port).
public record HostPort(String host, int port) {
    /// @throws IllegalArgumentException if the text is not `host:port`
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "not an address: \"" + text + "\" (write host:port, for example 0.0.0.0:10902)");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 0 || port > 65_535) {
                throw new NumberFormatException();
            }
            return new HostPort(host.isEmpty() ? "0.0.0.0" : host, port);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a port in address \"" + text + "\" (0 to 65535)", e);
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
