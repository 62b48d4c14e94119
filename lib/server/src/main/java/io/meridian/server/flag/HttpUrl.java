package io.meridian.server.flag;

import java.net.URI;
import java.net.URISyntaxException;

/// The URL of an HTTP server in a flag.
public final class HttpUrl {
    private HttpUrl() {}

    /// @throws IllegalArgumentException if the text is not `http://host…` or `https://host…`
    public static URI parse(String text) {
        try {
            var url = new URI(text);
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (http && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(message(text), e);
        }
        throw new IllegalArgumentException(message(text));
    }

    private static String message(String text) {
        return "not the URL of an HTTP server: \"" + text + "\" (write it like http://localhost:9090)";
    }
}
