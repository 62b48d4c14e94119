package io.meridian.objstore.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.AttributeMap;

/// Makes the SDK's client from our settings.
final class S3Clients {
    private static final Logger LOG = LoggerFactory.getLogger(S3Clients.class);
    private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private S3Clients() {}

    static S3Client create(S3Settings settings) throws IOException {
        Region region = region(settings);
        var builder = S3Client.builder()
                .region(region)
                .credentialsProvider(credentials(settings, region))
                .forcePathStyle(pathStyle(settings))
                // the SDK's newer default adds checksum trailers that many S3-compatible stores refuse
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClient(httpClient(settings.http()))
                .overrideConfiguration(
                        override -> override.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(settings.retriesMax() + 1)
                                .backoffStrategy(BackoffStrategy.exponentialDelay(BACKOFF_MIN, BACKOFF_MAX))
                                .throttlingBackoffStrategy(
                                        BackoffStrategy.exponentialDelay(BACKOFF_MIN.multipliedBy(4), BACKOFF_MAX))
                                // it would fail calls that could be repeated, when many wait at once
                                .circuitBreakerEnabled(false)
                                .build()));
        if (isAmazon(settings.endpoint())) {
            builder.dualstackEnabled(settings.dualstack());
        } else {
            builder.endpointOverride(URI.create((settings.insecure() ? "http://" : "https://") + settings.endpoint()));
        }
        return builder.build();
    }

    private static boolean isAmazon(String endpoint) {
        return endpoint.isEmpty() || endpoint.endsWith(".amazonaws.com") || endpoint.endsWith(".amazonaws.com.cn");
    }

    private static boolean pathStyle(S3Settings settings) {
        return switch (settings.lookup()) {
            case PATH -> true;
            case VIRTUAL_HOST -> false;
            // a bucket name with dots does not fit into a wildcard certificate
            case AUTO ->
                !isAmazon(settings.endpoint()) && !settings.endpoint().contains("aliyuncs.com")
                        || settings.bucket().contains(".");
        };
    }

    private static Region region(S3Settings settings) {
        if (!settings.region().isEmpty()) {
            return Region.of(settings.region());
        }
        String endpoint = settings.endpoint();
        if (isAmazon(endpoint) && endpoint.startsWith("s3")) {
            // s3.eu-west-1.amazonaws.com, s3.dualstack.eu-west-1.amazonaws.com, s3-eu-west-1.amazonaws.com
            String[] parts = endpoint.replaceFirst("^s3-", "s3.").split("\\.", -1);
            String candidate = parts.length > 2 && parts[1].equals("dualstack") ? parts[2] : parts[1];
            if (!candidate.equals("amazonaws")) {
                return Region.of(candidate);
            }
        }
        if (endpoint.isEmpty() || settings.awsSdkAuth()) {
            try {
                return DefaultAwsRegionProviderChain.builder().build().getRegion();
            } catch (SdkException e) {
                LOG.debug("no region in the environment", e);
            }
        }
        return Region.US_EAST_1;
    }

    private static AwsCredentialsProvider credentials(S3Settings settings, Region region) {
        S3Settings.Keys keys = settings.keys();
        if (!keys.accessKey().isEmpty()) {
            return StaticCredentialsProvider.create(
                    keys.sessionToken().isEmpty()
                            ? AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())
                            : AwsSessionCredentials.create(keys.accessKey(), keys.secretKey(), keys.sessionToken()));
        }
        if (!settings.stsEndpoint().isEmpty() && System.getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != null) {
            String text = settings.stsEndpoint();
            var sts = StsClient.builder()
                    .region(region)
                    .endpointOverride(URI.create(text.contains("://") ? text : "https://" + text))
                    .credentialsProvider(software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider.create())
                    .httpClient(httpClientUnchecked(settings.http()))
                    .build();
            return StsWebIdentityTokenFileCredentialsProvider.builder()
                    .stsClient(sts)
                    .build();
        }
        return DefaultCredentialsProvider.builder().build();
    }

    private static SdkHttpClient httpClientUnchecked(S3Settings.Http http) {
        try {
            return httpClient(http);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static SdkHttpClient httpClient(S3Settings.Http http) throws IOException {
        var builder = Apache5HttpClient.builder()
                .maxConnections(http.connectionsMax())
                .connectionTimeout(CONNECT_TIMEOUT.plus(http.tlsHandshakeTimeout()))
                .connectionAcquisitionTimeout(http.responseTimeout())
                .connectionMaxIdleTime(http.idleConnectionTimeout())
                .socketTimeout(http.responseTimeout())
                .expectContinueEnabled(http.expectContinue());
        S3Settings.Tls tls = http.tls();
        if (!tls.caFile().isEmpty()) {
            var managers = TlsFiles.trust(Path.of(tls.caFile()));
            builder.tlsTrustManagersProvider(() -> managers);
        }
        if (!tls.certFile().isEmpty()) {
            var managers = TlsFiles.identity(Path.of(tls.certFile()), Path.of(tls.keyFile()));
            builder.tlsKeyManagersProvider(() -> managers);
        }
        return builder.buildWithDefaults(AttributeMap.builder()
                .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, tls.skipVerify())
                .build());
    }
}
