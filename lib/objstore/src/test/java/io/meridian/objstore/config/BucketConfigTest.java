package io.meridian.objstore.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.objstore.Bucket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketConfigTest {
    /// Every field that Thanos documents.
    private static final String ALL_OF_S3 = """
        type: S3
        prefix: a/b
        config:
          bucket: "metrics"
          endpoint: "s3.eu-central-1.amazonaws.com"
          region: ""
          disable_dualstack: false
          aws_sdk_auth: false
          access_key: "${ACCESS}"
          insecure: false
          signature_version2: false
          secret_key: "$(SECRET)"
          session_token: ""
          put_user_metadata: {X-Amz-Meta-Team: infra}
          http_config:
            idle_conn_timeout: 1m30s
            response_header_timeout: 2m
            insecure_skip_verify: false
            tls_handshake_timeout: 10s
            expect_continue_timeout: 1s
            max_idle_conns: 0
            max_idle_conns_per_host: 0
            max_conns_per_host: 0
            tls_config:
              ca_file: ""
              cert_file: ""
              key_file: ""
              server_name: ""
              insecure_skip_verify: false
            disable_compression: false
          trace:
            enable: false
          list_objects_version: ""
          bucket_lookup_type: auto
          send_content_md5: true
          disable_multipart: false
          part_size: 67108864
          sse_config:
            type: "SSE-KMS"
            kms_key_id: "arn:aws:kms:x"
            kms_encryption_context: {team: infra}
            encryption_key: ""
          sts_endpoint: ""
          max_retries: 0
        """;

    private final Map<String, String> environment = Map.of("ACCESS", "key", "SECRET", "a: \"b\" #c");

    private BucketConfig parse(String yaml) throws ConfigException {
        return BucketConfig.parse(yaml, environment::get);
    }

    @Test
    void parse_everyField_isAccepted() throws Exception {
        BucketConfig config = parse(ALL_OF_S3);
        assertThat(config.warnings()).isEmpty();
        try (Bucket bucket = config.open()) {
            assertThat(bucket.name()).isEqualTo("s3://metrics/a/b");
        }
    }

    @Test
    void parse_fieldsWithoutEffect_warn() throws Exception {
        BucketConfig config = parse(ALL_OF_S3
                .replace("signature_version2: false", "signature_version2: true")
                .replace("max_idle_conns: 0", "max_idle_conns: 7")
                .replace("disable_compression: false", "disable_compression: true")
                .replace("enable: false", "enable: true")
                .replace("server_name: \"\"", "server_name: x"));
        assertThat(config.warnings())
                .hasSize(5)
                .anyMatch(warning -> warning.startsWith("config.http_config.max_idle_conns has no effect"));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "region: \"\"|reigon: x|config.reigon: unknown field; did you mean region?",
                "idle_conn_timeout: 1m30s|idle_con_timeout: 1s|config.http_config.idle_con_timeout: unknown field; did"
                        + " you mean idle_conn_timeout?",
                "prefix: a/b|prefx: a|prefx: unknown field; did you mean prefix?",
                "idle_conn_timeout: 1m30s|idle_conn_timeout: soon|config.http_config.idle_conn_timeout: expected a"
                        + " duration",
                "insecure: false|insecure: perhaps|config.insecure: expected true or false",
                "part_size: 67108864|part_size: 1000|config.part_size: expected 5242880",
                "part_size: 67108864|part_size: x|config.part_size: expected a whole number",
                "bucket: \"metrics\"|bucket:|config.bucket: missing",
                "endpoint: \"s3.eu-central-1.amazonaws.com\"|endpoint: http://x|config.endpoint: expected a host"
                        + " without scheme",
                "type: S3|type: GCS|type: actual=GCS; S3 and FILESYSTEM are known",
                "type: S3|x: y|type: missing",
                "type: S3|typ: S3|typ: unknown field; did you mean type?",
                "access_key: \"${ACCESS}\"|access_key: ${NOT_SET}|config.access_key: the environment has no variable"
                        + " NOT_SET",
                "access_key: \"${ACCESS}\"|access_key:|config.access_key: missing",
                "aws_sdk_auth: false|aws_sdk_auth: true|config.aws_sdk_auth: cannot be used together",
                "bucket_lookup_type: auto|bucket_lookup_type: dns|config.bucket_lookup_type: expected auto",
                "list_objects_version: \"\"|list_objects_version: v3|config.list_objects_version: expected v1 or v2",
                "type: \"SSE-KMS\"|type: SSE-X|config.sse_config.type: expected SSE-S3",
                "kms_key_id: \"arn:aws:kms:x\"|kms_key_id:|config.sse_config.kms_key_id: missing",
                "type: \"SSE-KMS\"|type: SSE-C|config.sse_config.encryption_key: missing",
                "prefix: a/b|prefix: a/../b|prefix: not a path",
                "prefix: a/b|prefix: [a|bucket configuration is not YAML: line ",
                "put_user_metadata: {X-Amz-Meta-Team: infra}|put_user_metadata: x|config.put_user_metadata: expected a"
                        + " mapping",
            })
    void parse_mistake_isNamed(String from, String to, String message) {
        assertThat(ALL_OF_S3).contains(from);
        assertThatThrownBy(() -> parse(ALL_OF_S3.replace(from, to)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void parse_nothing_saysWhatIsNeeded() {
        assertThatThrownBy(() -> parse("")).hasMessageContaining("needs `type` and `config`");
        assertThatThrownBy(() -> parse("- a")).hasMessageContaining("expected a mapping");
        assertThatThrownBy(() -> parse("type: FILESYSTEM")).hasMessageContaining("config.directory: missing");
    }

    @Test
    void open_directoryWithoutFsync_storesAllTheSame(@TempDir Path directory) throws Exception {
        String yaml = "{type: FILESYSTEM, config: {directory: '%s', fsync: false}}".formatted(directory);
        try (Bucket bucket = parse(yaml).open()) {
            bucket.put("x/y", "z".getBytes(StandardCharsets.UTF_8), Bucket.Precondition.ABSENT);
            assertThat(directory.resolve("x/y")).hasContent("z");
        }
        assertThatThrownBy(() -> parse(yaml.replace("false", "perhaps"))).hasMessageContaining("config.fsync");
    }

    @Test
    void open_directoryWithPrefix_storesBelowIt(@TempDir Path directory) throws Exception {
        String yaml = "type: filesystem\nprefix: /in/here/\nconfig: {directory: %s}".formatted(directory);
        try (Bucket bucket = parse(yaml).open()) {
            bucket.put("x/y", "z".getBytes(StandardCharsets.UTF_8), Bucket.Precondition.ABSENT);
            assertThat(directory.resolve("in/here/x/y")).hasContent("z");
            assertThat(bucket.stat("x/y").key()).isEqualTo("x/y");
        }
    }

    @Test
    void open_missingFile_isAnIoError() throws Exception {
        BucketConfig config = parse(ALL_OF_S3.replace("ca_file: \"\"", "ca_file: /no/such/file"));
        assertThatThrownBy(config::open).isInstanceOf(IOException.class).hasMessageContaining("/no/such/file");
    }
}
