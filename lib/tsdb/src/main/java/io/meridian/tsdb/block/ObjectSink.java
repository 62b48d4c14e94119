package io.meridian.tsdb.block;

import io.meridian.objstore.Bucket;
import io.meridian.tsdb.index.ByteSink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// One file of a block on its way into a bucket, in steps of some size.
final class ObjectSink implements ByteSink {
    private static final int STEP = 1 << 20;

    /// So much goes on without being collected first.
    private static final int LARGE = 128 << 10;

    private final Bucket.Upload upload;
    private final String key;
    private final @Nullable MessageDigest digest;
    private byte[] buffer = new byte[0];
    private int used;
    private long written;
    private @Nullable String hash;

    ObjectSink(Bucket bucket, String key, boolean withHash) throws IOException {
        this.key = key;
        this.digest = withHash ? sha256() : null;
        this.upload = bucket.upload(key, Bucket.Precondition.NONE);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public long position() {
        return written + used;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (used == STEP || left >= LARGE) {
                flush();
            }
            if (left >= LARGE) {
                send(MemorySegment.ofArray(bytes).asSlice(at, left));
                return;
            }
            if (buffer.length == 0) {
                buffer = new byte[STEP];
            }
            int n = Math.min(left, buffer.length - used);
            System.arraycopy(bytes, at, buffer, used, n);
            used += n;
            at += n;
            left -= n;
        }
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        flush();
        send(bytes);
    }

    private void flush() throws IOException {
        if (used > 0) {
            send(MemorySegment.ofArray(buffer).asSlice(0, used));
            used = 0;
        }
    }

    private void send(MemorySegment bytes) throws IOException {
        if (digest != null) {
            digest.update(bytes.asByteBuffer());
        }
        upload.write(bytes);
        written += bytes.byteSize();
    }

    @Override
    public void finish() throws IOException {
        flush();
        long size = upload.commit().sizeBytes();
        if (size != written) {
            throw new IOException(
                    "upload of %s came out with another size: expected=%d, actual=%d".formatted(key, written, size));
        }
        hash = digest == null ? null : HexFormat.of().formatHex(digest.digest());
    }

    /// SHA-256 of what was written, once it is finished, if that was asked for.
    @Nullable
    String hash() {
        return hash;
    }

    @Override
    public void close() throws IOException {
        upload.close();
    }
}
