package io.meridian.objstore.config;

import io.meridian.objstore.s3.S3Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The `config` of a bucket of type S3, with every field that Thanos has.
final class S3Fields {
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration TLS_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration EXPECT_CONTINUE_TIMEOUT = Duration.ofSeconds(1);
    private static final int CONNECTIONS_MAX = 512;
    private static final int RETRIES_MAX = 9;
    private static final long PART_BYTES = 16 << 20;

    private S3Fields() {}

    static S3Settings read(YamlFields config, List<String> warnings) {
        String bucket = config.text("bucket", "");
        if (bucket.isEmpty()) {
            throw config.missing("bucket", "it is the bucket's name");
        }
        String endpoint = config.text("endpoint", "");
        if (endpoint.contains("://")) {
            throw config.invalid(
                    "endpoint",
                    "expected a host without scheme (http is chosen by `insecure: true`), actual=" + endpoint);
        }
        boolean sdkAuth = config.flag("aws_sdk_auth", false);
        S3Settings.Keys keys = keys(config, sdkAuth);
        if (config.flag("signature_version2", false)) {
            warnings.add("config.signature_version2 has no effect: requests are signed with version 4");
        }
        YamlFields trace = config.mapping("trace");
        if (trace.flag("enable", false)) {
            warnings.add("config.trace.enable has no effect: set the log level of software.amazon.awssdk.request");
        }
        trace.finish();
        long part = config.number("part_size", PART_BYTES);
        part = part == 0 ? PART_BYTES : part;
        if (part < S3Settings.PART_BYTES_MIN || part > Integer.MAX_VALUE) {
            throw config.invalid(
                    "part_size",
                    "expected %d to %d, actual=%d".formatted(S3Settings.PART_BYTES_MIN, Integer.MAX_VALUE, part));
        }
        return new S3Settings(
                bucket,
                endpoint,
                config.text("region", ""),
                config.flag("insecure", false),
                !config.flag("disable_dualstack", false),
                keys,
                sdkAuth,
                userMetadata(config),
                http(config.mapping("http_config"), warnings),
                listVersion(config),
                lookup(config),
                config.flag("send_content_md5", true),
                config.flag("disable_multipart", false),
                part,
                sse(config.mapping("sse_config")),
                config.text("sts_endpoint", ""),
                (int) Math.min(100, retries(config)));
    }

    /// HTTP headers without their first part are S3's way of naming metadata.
    private static Map<String, String> userMetadata(YamlFields config) {
        return config.texts("put_user_metadata").entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().replaceFirst("(?i)^x-amz-meta-", ""), Map.Entry::getValue));
    }

    private static long retries(YamlFields config) {
        long given = config.number("max_retries", 0);
        return given == 0 ? RETRIES_MAX : given;
    }

    private static S3Settings.Keys keys(YamlFields config, boolean sdkAuth) {
        var keys = new S3Settings.Keys(
                config.text("access_key", ""), config.text("secret_key", ""), config.text("session_token", ""));
        if (keys.accessKey().isEmpty() != keys.secretKey().isEmpty()) {
            throw config.invalid(
                    keys.accessKey().isEmpty() ? "access_key" : "secret_key",
                    "missing; both keys are needed, or none for the default chain of credentials");
        }
        if (sdkAuth && !keys.accessKey().isEmpty()) {
            throw config.invalid("aws_sdk_auth", "cannot be used together with access_key and secret_key");
        }
        return keys;
    }

    private static int listVersion(YamlFields config) {
        String version = config.text("list_objects_version", "");
        return switch (version) {
            case "", "v2" -> 2;
            case "v1" -> 1;
            default -> throw config.invalid("list_objects_version", "expected v1 or v2, actual=" + version);
        };
    }

    private static S3Settings.Lookup lookup(YamlFields config) {
        String lookup = config.text("bucket_lookup_type", "");
        return switch (lookup) {
            case "", "auto" -> S3Settings.Lookup.AUTO;
            case "virtual-hosted" -> S3Settings.Lookup.VIRTUAL_HOST;
            case "path" -> S3Settings.Lookup.PATH;
            default ->
                throw config.invalid("bucket_lookup_type", "expected auto, virtual-hosted or path, actual=" + lookup);
        };
    }

    private static S3Settings.Http http(YamlFields fields, List<String> warnings) {
        YamlFields tls = fields.mapping("tls_config");
        boolean skipHere = fields.flag("insecure_skip_verify", false);
        boolean skipVerify = tls.flag("insecure_skip_verify", skipHere) || skipHere;
        if (!tls.text("server_name", "").isEmpty()) {
            warnings.add("config.http_config.tls_config.server_name has no effect: the endpoint's name is verified");
        }
        var files = new S3Settings.Tls(
                tls.text("ca_file", ""), tls.text("cert_file", ""), tls.text("key_file", ""), skipVerify);
        if (files.certFile().isEmpty() != files.keyFile().isEmpty()) {
            throw tls.invalid(files.certFile().isEmpty() ? "cert_file" : "key_file", "missing; both are needed");
        }
        tls.finish();
        for (String name : List.of("max_idle_conns", "max_idle_conns_per_host")) {
            if (fields.number(name, 0) != 0) {
                warnings.add(fields.pathOf(name) + " has no effect: idle connections end by idle_conn_timeout");
            }
        }
        if (fields.flag("disable_compression", false)) {
            warnings.add(fields.pathOf("disable_compression") + " has no effect: compression is never asked for");
        }
        long connections = fields.number("max_conns_per_host", 0);
        var http = new S3Settings.Http(
                fields.duration("idle_conn_timeout", IDLE_TIMEOUT),
                positive(fields.duration("response_header_timeout", RESPONSE_TIMEOUT), RESPONSE_TIMEOUT),
                fields.duration("tls_handshake_timeout", TLS_TIMEOUT),
                !fields.duration("expect_continue_timeout", EXPECT_CONTINUE_TIMEOUT)
                        .isZero(),
                connections == 0 ? CONNECTIONS_MAX : (int) Math.min(connections, Integer.MAX_VALUE),
                files);
        fields.finish();
        return http;
    }

    private static Duration positive(Duration given, Duration otherwise) {
        return given.isZero() ? otherwise : given;
    }

    private static S3Settings.Sse sse(YamlFields fields) {
        String type = fields.text("type", "");
        String keyId = fields.text("kms_key_id", "");
        Map<String, String> context = fields.texts("kms_encryption_context");
        String keyFile = fields.text("encryption_key", "");
        fields.finish();
        return switch (type) {
            case "" -> new S3Settings.Sse.None();
            case "SSE-S3" -> new S3Settings.Sse.S3();
            case "SSE-KMS" -> {
                if (keyId.isEmpty()) {
                    throw fields.invalid("kms_key_id", "missing; SSE-KMS needs it");
                }
                yield new S3Settings.Sse.Kms(keyId, json(context));
            }
            case "SSE-C" -> {
                if (keyFile.isEmpty()) {
                    throw fields.invalid("encryption_key", "missing; SSE-C needs a file with the key's 32 bytes");
                }
                yield new S3Settings.Sse.Customer(keyFile);
            }
            default -> throw fields.invalid("type", "expected SSE-S3, SSE-KMS or SSE-C, actual=" + type);
        };
    }

    private static String json(Map<String, String> context) {
        if (context.isEmpty()) {
            return "";
        }
        return context.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> quote(entry.getKey()) + ":" + quote(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quote(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
