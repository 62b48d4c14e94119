package io.meridian.server.http;

import java.io.IOException;

/// The client closed the connection before its answer was complete.
public final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1;

    ClientGoneException() {
        super("client closed the connection");
    }
}
