package io.meridian.server.http;

import java.io.IOException;
import java.io.OutputStream;

/// The body of an answer on its way to the client, used by one thread; but pieces of it may be made ready by others.
public abstract class AnswerStream extends OutputStream {
    /// Bytes where the network takes them from. Either sent or released.
    public interface Piece {
        void release();
    }

    /// Copies bytes to where the network will take them from. Safe for any thread, does not wait.
    public abstract Piece piece(byte[] bytes, int offset, int length);

    /// Sends a piece behind all that was written, and takes it over; waits while too much is under way.
    public abstract void send(Piece piece) throws IOException;
}
