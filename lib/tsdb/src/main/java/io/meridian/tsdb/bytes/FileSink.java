package io.meridian.tsdb.bytes;

import io.meridian.tsdb.index.ByteSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;

/// A new local file, written front to back through a buffer, with places that are filled in afterwards.
public final class FileSink implements ByteSink {
    private static final int BUFFER = 1 << 18;

    /// Buffers outside the heap are dear to make and are freed late; these few are used again.
    private static final ArrayBlockingQueue<ByteBuffer> SPARE = new ArrayBlockingQueue<>(16);

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer buffer;
    private long flushed;
    private boolean closed;

    /// @throws java.nio.file.FileAlreadyExistsException if there is such a file
    public FileSink(Path path) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer spare = SPARE.poll();
        this.buffer = spare == null ? ByteBuffer.allocateDirect(BUFFER) : spare.clear();
    }

    public Path path() {
        return path;
    }

    @Override
    public long position() {
        return flushed + buffer.position();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int n = Math.min(left, buffer.remaining());
            buffer.put(bytes, at, n);
            at += n;
            left -= n;
        }
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        flush();
        var source = bytes.asByteBuffer();
        while (source.hasRemaining()) {
            flushed += channel.write(source, flushed);
        }
    }

    public void write(ByteWriter bytes) throws IOException {
        write(bytes.array(), 0, bytes.size());
    }

    /// Overwrites bytes written before.
    public void patch(long position, byte[] bytes) throws IOException {
        flush();
        var source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
            channel.write(source, position + source.position());
        }
    }

    /// What was written so far, from `offset` on, mapped.
    public MemorySegment map(long offset, Arena arena) throws IOException {
        flush();
        return channel.map(FileChannel.MapMode.READ_ONLY, offset, flushed - offset, arena);
    }

    /// Hands everything to the file system, which may still hold it in memory.
    public void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            flushed += channel.write(buffer, flushed);
        }
        buffer.clear();
    }

    /// Hands everything to the file system; a local block need not outlive a failure of power.
    @Override
    public void finish() throws IOException {
        flush();
    }

    /// Closes without writing the rest: an unfinished file is of no use.
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            SPARE.offer(buffer);
        }
        channel.close();
    }
}
