package io.meridian.objstore.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// Adds server-side encryption to requests.
///
/// @param algorithm   of SSE-S3 and SSE-KMS
/// @param customerKey base64, of SSE-C; with its MD5
record Encryption(
        @Nullable ServerSideEncryption algorithm,
        @Nullable String kmsKeyId,
        @Nullable String kmsContext,
        @Nullable String customerKey,
        @Nullable String customerKeyMd5) {
    private static final int CUSTOMER_KEY_BYTES = 32;

    static Encryption of(S3Settings.Sse sse) throws IOException {
        return switch (sse) {
            case S3Settings.Sse.None() -> new Encryption(null, null, null, null, null);
            case S3Settings.Sse.S3() -> new Encryption(ServerSideEncryption.AES256, null, null, null, null);
            case S3Settings.Sse.Kms(String keyId, String context) ->
                new Encryption(
                        ServerSideEncryption.AWS_KMS,
                        keyId,
                        context.isEmpty() ? null : base64(context.getBytes(StandardCharsets.UTF_8)),
                        null,
                        null);
            case S3Settings.Sse.Customer(String keyFile) -> {
                byte[] key = Files.readAllBytes(Path.of(keyFile));
                if (key.length != CUSTOMER_KEY_BYTES) {
                    throw new IOException("the key of SSE-C must have %d bytes: file=%s, actual=%d"
                            .formatted(CUSTOMER_KEY_BYTES, keyFile, key.length));
                }
                yield new Encryption(null, null, null, base64(key), md5(key));
            }
        };
    }

    private @Nullable String customerAlgorithm() {
        return customerKey == null ? null : "AES256";
    }

    void apply(GetObjectRequest.Builder request) {
        request.sseCustomerAlgorithm(customerAlgorithm())
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5);
    }

    void apply(HeadObjectRequest.Builder request) {
        request.sseCustomerAlgorithm(customerAlgorithm())
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5);
    }

    void apply(UploadPartRequest.Builder request) {
        request.sseCustomerAlgorithm(customerAlgorithm())
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5);
    }

    void apply(CompleteMultipartUploadRequest.Builder request) {
        request.sseCustomerAlgorithm(customerAlgorithm())
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5);
    }

    void apply(PutObjectRequest.Builder request) {
        request.serverSideEncryption(algorithm)
                .ssekmsKeyId(kmsKeyId)
                .ssekmsEncryptionContext(kmsContext)
                .sseCustomerAlgorithm(customerAlgorithm())
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5);
    }

    void apply(CreateMultipartUploadRequest.Builder request) {
        request.serverSideEncryption(algorithm)
                .ssekmsKeyId(kmsKeyId)
                .ssekmsEncryptionContext(kmsContext)
                .sseCustomerAlgorithm(customerAlgorithm())
                .sseCustomerKey(customerKey)
                .sseCustomerKeyMD5(customerKeyMd5);
    }

    static String md5(byte[] bytes) {
        return md5(bytes, bytes.length);
    }

    static String md5(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(bytes, 0, length);
            return base64(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
