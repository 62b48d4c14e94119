package io.meridian.objstore.s3;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.Keys;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.ObjectNotFoundException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket behind the S3 protocol. An object's version is its ETag.
///
/// Every call blocks its thread until the server answered, with retries and a time limit for each attempt that grows
/// with the bytes it moves.
public final class S3Bucket implements Bucket {
    /// The slowest transfer that is not taken for a dead one.
    private static final long BYTES_PER_SECOND_MIN = 1 << 20;

    private static final int COPY_BYTES = 1 << 16;

    private final S3Settings settings;
    private final S3Client client;
    private final Encryption encryption;
    private final S3Errors errors;

    /// @throws IOException if a file that the settings name cannot be used
    public static S3Bucket open(S3Settings settings) throws IOException {
        return new S3Bucket(settings, S3Clients.create(settings), Encryption.of(settings.sse()));
    }

    private S3Bucket(S3Settings settings, S3Client client, Encryption encryption) {
        this.settings = settings;
        this.client = client;
        this.encryption = encryption;
        this.errors = new S3Errors(name());
    }

    @Override
    public String name() {
        return "s3://" + settings.bucket();
    }

    S3Client client() {
        return client;
    }

    S3Settings settings() {
        return settings;
    }

    Encryption encryption() {
        return encryption;
    }

    S3Errors errors() {
        return errors;
    }

    /// The time limit of one attempt that moves so many bytes.
    AwsRequestOverrideConfiguration limits(long bytes) {
        Duration limit = settings.http().responseTimeout().plusSeconds(bytes / BYTES_PER_SECOND_MIN);
        return AwsRequestOverrideConfiguration.builder()
                .apiCallAttemptTimeout(limit)
                .build();
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
        if (settings.listVersion() == 1) {
            listV1(prefix, visitor);
            return;
        }
        String token = null;
        do {
            var request = ListObjectsV2Request.builder()
                    .bucket(settings.bucket())
                    .prefix(prefix)
                    .continuationToken(token)
                    .overrideConfiguration(limits(0))
                    .build();
            ListObjectsV2Response page;
            try {
                page = client.listObjectsV2(request);
            } catch (SdkException e) {
                throw errors.translate("list", prefix, e);
            }
            page.contents().forEach(object -> visitor.accept(info(object)));
            token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (token != null);
    }

    private void listV1(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
        String marker = null;
        do {
            var request = ListObjectsRequest.builder()
                    .bucket(settings.bucket())
                    .prefix(prefix)
                    .marker(marker)
                    .overrideConfiguration(limits(0))
                    .build();
            ListObjectsResponse page;
            try {
                page = client.listObjects(request);
            } catch (SdkException e) {
                throw errors.translate("list", prefix, e);
            }
            page.contents().forEach(object -> visitor.accept(info(object)));
            boolean more =
                    Boolean.TRUE.equals(page.isTruncated()) && !page.contents().isEmpty();
            marker = more ? page.contents().getLast().key() : null;
        } while (marker != null);
    }

    private static ObjectInfo info(S3Object object) {
        return new ObjectInfo(
                object.key(),
                object.size() == null ? 0 : object.size(),
                ms(object.lastModified()),
                version(object.eTag()));
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        HeadObjectResponse head = head(key);
        return new ObjectInfo(key, head.contentLength(), ms(head.lastModified()), version(head.eTag()));
    }

    HeadObjectResponse head(String key) throws IOException {
        var request = HeadObjectRequest.builder()
                .bucket(settings.bucket())
                .key(checkNotEmpty(key))
                .overrideConfiguration(limits(0));
        encryption.apply(request);
        try {
            return client.headObject(request.build());
        } catch (SdkException e) {
            throw errors.translate("stat", key, e);
        }
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        if (offset < 0 || length < 0) {
            throw new EOFException("invalid range of " + key + ": offset=" + offset + ", length=" + length);
        }
        if (length == 0) {
            long size = stat(key).sizeBytes();
            if (offset > size) {
                throw tooShort(key, offset, length, size);
            }
            return arena.allocate(0).asReadOnly();
        }
        MemorySegment target = arena.allocate(length);
        var request = GetObjectRequest.builder()
                .bucket(settings.bucket())
                .key(checkNotEmpty(key))
                .range("bytes=" + offset + "-" + (offset + length - 1))
                .overrideConfiguration(limits(length));
        encryption.apply(request);
        String refused = get(key, request.build(), (response, body) -> {
            // a server that does not know ranges sends the whole object
            if (response.contentRange() == null && offset > 0) {
                body.abort();
                return "the server ignores ranges";
            }
            if (response.contentLength() != null && response.contentLength() < length) {
                body.abort();
                return "";
            }
            boolean whole = copy(body, target);
            if (response.contentRange() == null || !whole) {
                body.abort();
            }
            return whole ? null : "";
        });
        if (refused == null) {
            return target.asReadOnly();
        }
        if (refused.isEmpty()) {
            throw tooShort(key, offset, length, -1);
        }
        throw new IOException("cannot read %s of %s: %s".formatted(key, name(), refused));
    }

    private EOFException tooShort(String key, long offset, long length, long size) {
        return new EOFException("object is too short: bucket=%s, key=%s, wanted %d bytes at %d%s"
                .formatted(name(), key, length, offset, size < 0 ? "" : ", size=" + size));
    }

    /// @return false if the stream ended before
    private static boolean copy(AbortableInputStream body, MemorySegment target) throws IOException {
        byte[] buffer = new byte[(int) Math.min(COPY_BYTES, target.byteSize())];
        for (long at = 0; at < target.byteSize(); ) {
            int count = body.read(buffer, 0, (int) Math.min(buffer.length, target.byteSize() - at));
            if (count < 0) {
                return false;
            }
            MemorySegment.copy(buffer, 0, target, ValueLayout.JAVA_BYTE, at, count);
            at += count;
        }
        return true;
    }

    @Override
    public byte[] readAll(String key) throws IOException {
        var request = GetObjectRequest.builder()
                .bucket(settings.bucket())
                .key(checkNotEmpty(key))
                .overrideConfiguration(limits(BYTES_PER_SECOND_MIN * 60));
        encryption.apply(request);
        byte[] bytes = get(key, request.build(), (_, body) -> body.readAllBytes());
        return bytes == null ? new byte[0] : bytes;
    }

    /// What becomes of an answer's body. Called again, from the start, when an attempt fails.
    private interface BodyReader<T> {
        @Nullable
        T read(GetObjectResponse response, AbortableInputStream body) throws IOException;
    }

    private <T> @Nullable T get(String key, GetObjectRequest request, BodyReader<T> reader) throws IOException {
        // the SDK does not take null from a transformer
        var result = new Object() {
            @Nullable
            T value;
        };
        ResponseTransformer<GetObjectResponse, Boolean> transformer = (response, body) -> {
            try {
                result.value = reader.read(response, body);
                return true;
            } catch (IOException e) {
                // the connection broke while the body came: worth another attempt
                throw RetryableException.create("cannot read the body", e);
            }
        };
        try {
            client.getObject(request, transformer);
            return result.value;
        } catch (SdkException e) {
            throw errors.translate("read", key, e);
        }
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        return new S3Upload(this, Keys.check(key), precondition);
    }

    @Override
    public void delete(String key) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(settings.bucket())
                    .key(checkNotEmptyUnchecked(key))
                    .overrideConfiguration(limits(0)));
        } catch (SdkException e) {
            IOException translated = errors.translate("delete", key, e);
            if (!(translated instanceof ObjectNotFoundException)) {
                throw translated;
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /// The SDK would ask for the bucket itself.
    private static String checkNotEmpty(String key) throws IOException {
        if (key.isEmpty()) {
            throw new IOException("invalid key: it is empty");
        }
        return key;
    }

    private static String checkNotEmptyUnchecked(String key) {
        if (key.isEmpty()) {
            throw SdkException.create("invalid key: it is empty", null);
        }
        return key;
    }

    private static long ms(@Nullable Instant instant) {
        return instant == null ? 0 : instant.toEpochMilli();
    }

    static String version(@Nullable String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }
}
