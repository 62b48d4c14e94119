package io.meridian.objstore.s3;

import java.time.Duration;
import java.util.Map;

/// Where an S3 bucket is and how to talk to it. Empty texts mean "not given".
///
/// @param endpoint         host and perhaps port, without scheme
/// @param insecure         plain HTTP
/// @param awsSdkAuth       only the default chain of credentials, never keys from here
/// @param userMetadata     put on every object
/// @param listVersion      1 or 2, of ListObjects
/// @param sendContentMd5   a Content-MD5 with every upload, which the server verifies
/// @param disableMultipart every object goes in one request, however large
/// @param partBytes        size of a part of a multipart upload
/// @param stsEndpoint      for web identity; empty: the region's
/// @param retriesMax       attempts after the first one
public record S3Settings(
        String bucket,
        String endpoint,
        String region,
        boolean insecure,
        boolean dualstack,
        Keys keys,
        boolean awsSdkAuth,
        Map<String, String> userMetadata,
        Http http,
        int listVersion,
        Lookup lookup,
        boolean sendContentMd5,
        boolean disableMultipart,
        long partBytes,
        Sse sse,
        String stsEndpoint,
        int retriesMax) {

    /// S3's own least size of a part.
    public static final long PART_BYTES_MIN = 5 << 20;

    public S3Settings {
        userMetadata = Map.copyOf(userMetadata);
    }

    /// Long-lived or session credentials.
    public record Keys(String accessKey, String secretKey, String sessionToken) {
        public static final Keys NONE = new Keys("", "", "");

        /// Does not show the secrets.
        @Override
        public String toString() {
            return "Keys[" + accessKey + "]";
        }
    }

    /// How the bucket's name gets into the URL.
    public enum Lookup {
        AUTO,
        VIRTUAL_HOST,
        PATH
    }

    public record Http(
            Duration idleConnectionTimeout,
            Duration responseTimeout,
            Duration tlsHandshakeTimeout,
            boolean expectContinue,
            int connectionsMax,
            Tls tls) {}

    /// @param caFile   PEM; empty: the platform's
    /// @param certFile PEM of a client certificate, with `keyFile` in PKCS#8 PEM
    public record Tls(String caFile, String certFile, String keyFile, boolean skipVerify) {}

    /// Server-side encryption.
    public sealed interface Sse {
        record None() implements Sse {}

        record S3() implements Sse {}

        /// @param context as JSON, or empty
        record Kms(String keyId, String context) implements Sse {}

        /// @param keyFile holds the 32 bytes of the key
        record Customer(String keyFile) implements Sse {}
    }
}
