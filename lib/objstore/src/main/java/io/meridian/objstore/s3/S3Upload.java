package io.meridian.objstore.s3;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.objstore.PreconditionFailedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// Small objects go in one request; larger ones in parts, which are sent while the next one is filled.
///
/// Each upload marks its object with an id. When an attempt's answer is lost and the repeated one meets the object
/// that the first one made, the id tells that it is ours.
final class S3Upload implements Bucket.Upload {
    /// Name of the metadata that holds the upload's id.
    static final String ID = "meridian-upload";

    private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);
    private static final int BUFFER_BYTES_FIRST = 1 << 16;
    private static final int CONFLICT_ATTEMPTS = 6;
    private static final long CONFLICT_PAUSE_MS = 50;
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Bucket bucket;
    private final String key;
    private final Bucket.Precondition precondition;
    private final String id = UUID.randomUUID().toString();
    private final Map<String, String> metadata;
    private final int partBytes;
    private byte[] buffer;
    private int filled;
    private long written;
    private @Nullable MultipartUpload parts;
    private boolean done;

    S3Upload(S3Bucket bucket, String key, Bucket.Precondition precondition) {
        this.bucket = bucket;
        this.key = key;
        this.precondition = precondition;
        this.metadata = new HashMap<>(bucket.settings().userMetadata());
        this.metadata.put(ID, id);
        this.partBytes = bucket.settings().disableMultipart()
                ? Integer.MAX_VALUE - 8
                : (int) Math.min(bucket.settings().partBytes(), Integer.MAX_VALUE - 8);
        this.buffer = new byte[BUFFER_BYTES_FIRST];
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        checkOpen();
        for (long at = 0; at < bytes.byteSize(); ) {
            if (filled == partBytes) {
                sendPart();
            }
            int count = (int) Math.min(bytes.byteSize() - at, partBytes - filled);
            grow(count);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, buffer, filled, count);
            filled += count;
            at += count;
        }
        written += bytes.byteSize();
    }

    private void grow(int count) {
        if (filled + count > buffer.length) {
            long wanted = Math.max(filled + (long) count, 2L * buffer.length);
            buffer = Arrays.copyOf(buffer, (int) Math.min(partBytes, wanted));
        }
    }

    private void sendPart() throws IOException {
        if (bucket.settings().disableMultipart()) {
            throw new IOException("cannot upload %s to %s: more than %d bytes, and disable_multipart is set"
                    .formatted(key, bucket.name(), partBytes));
        }
        if (parts == null) {
            parts = MultipartUpload.begin(bucket, key, metadata);
        }
        parts.send(buffer, filled);
        buffer = new byte[partBytes];
        filled = 0;
    }

    @Override
    public ObjectInfo commit() throws IOException {
        checkOpen();
        done = true;
        String version = null;
        try {
            version = parts == null ? put() : complete(parts);
        } finally {
            if (version == null) {
                abort();
            }
        }
        return new ObjectInfo(key, written, System.currentTimeMillis(), version);
    }

    private String complete(MultipartUpload multipart) throws IOException {
        if (filled > 0) {
            multipart.send(buffer, filled);
        }
        buffer = new byte[0];
        multipart.await();
        return conditional("complete the upload of", () -> multipart.complete(precondition));
    }

    private String put() throws IOException {
        byte[] bytes = buffer;
        int length = filled;
        var request = PutObjectRequest.builder()
                .bucket(bucket.settings().bucket())
                .key(key)
                .metadata(metadata)
                .overrideConfiguration(bucket.limits(length));
        bucket.encryption().apply(request);
        switch (precondition) {
            case Bucket.Precondition.None() -> {}
            case Bucket.Precondition.Absent() -> request.ifNoneMatch("*");
            case Bucket.Precondition.Version(String version) -> request.ifMatch(quoted(version));
        }
        if (bucket.settings().sendContentMd5()) {
            request.contentMD5(Encryption.md5(bytes, length));
        }
        return conditional(
                "upload",
                () -> S3Bucket.version(bucket.client()
                        .putObject(request.build(), body(bytes, length))
                        .eTag()));
    }

    /// A body that can be sent again without a copy.
    static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length, CONTENT_TYPE);
    }

    static String quoted(String version) {
        return '"' + version + '"';
    }

    private interface Attempt {
        String run();
    }

    private String conditional(String verb, Attempt attempt) throws IOException {
        for (int tried = 1; ; tried++) {
            try {
                return attempt.run();
            } catch (SdkException e) {
                int status = S3Errors.status(e);
                boolean maybeOurs = status == S3Errors.PRECONDITION_FAILED
                        || status == S3Errors.CONFLICT
                        || S3Errors.code(e).equals("NoSuchUpload");
                String ours = maybeOurs ? versionIfOurs() : null;
                if (ours != null) {
                    return ours;
                }
                boolean conditional = !precondition.equals(Bucket.Precondition.NONE);
                if (conditional && (status == S3Errors.PRECONDITION_FAILED || isGone(e))) {
                    throw new PreconditionFailedException(bucket.name(), key, precondition.toString());
                }
                // 409: another conditional request on this key was under way
                if (status != S3Errors.CONFLICT || tried == CONFLICT_ATTEMPTS) {
                    throw bucket.errors().translate(verb, key, e);
                }
                pause(tried);
            }
        }
    }

    /// If-Match on an object that is not there is answered with 404.
    private boolean isGone(SdkException e) {
        return precondition instanceof Bucket.Precondition.Version
                && S3Errors.status(e) == S3Errors.NOT_FOUND
                && S3Errors.code(e).equals("NoSuchKey");
    }

    private @Nullable String versionIfOurs() throws IOException {
        try {
            var head = bucket.head(key);
            return id.equals(head.metadata().get(ID)) ? S3Bucket.version(head.eTag()) : null;
        } catch (ObjectNotFoundException e) {
            return null;
        }
    }

    private static void pause(int tried) throws IOException {
        try {
            Thread.sleep(CONFLICT_PAUSE_MS << tried);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while waiting to repeat an upload");
        }
    }

    private void abort() {
        if (parts != null) {
            try {
                parts.abort();
            } catch (SdkException e) {
                LOG.warn(
                        "cannot abort the upload of {} to {}: its parts stay until the bucket's own clean-up",
                        key,
                        bucket.name(),
                        e);
            }
            parts = null;
        }
        buffer = new byte[0];
    }

    private void checkOpen() throws IOException {
        if (done) {
            throw new IOException("upload of " + key + " has ended");
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            abort();
        }
    }
}
