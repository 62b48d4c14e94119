package io.meridian.acceptance;

import io.meridian.testkit.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A real MinIO on a directory.
final class Minio implements AutoCloseable {
    private static final String ACCESS_KEY = "acceptance";
    private static final String SECRET_KEY = "acceptance-secret";

    private final int port;
    private final ChildProcess process;

    private Minio(int port, ChildProcess process) {
        this.port = port;
        this.process = process;
    }

    /// Starts it with empty buckets of the given names.
    static Minio start(Path directory, String... buckets) throws IOException {
        for (String bucket : buckets) {
            Files.createDirectories(directory.resolve("minio").resolve(bucket));
        }
        int port = ChildProcess.freePort();
        var process = ChildProcess.start(
                "minio",
                List.of(
                        "env",
                        "MINIO_ROOT_USER=" + ACCESS_KEY,
                        "MINIO_ROOT_PASSWORD=" + SECRET_KEY,
                        Peers.require("minio"),
                        "server",
                        "--address=127.0.0.1:" + port,
                        "--console-address=127.0.0.1:" + ChildProcess.freePort(),
                        directory.resolve("minio").toString()),
                directory.resolve("minio.log"));
        process.awaitReady("http://127.0.0.1:" + port + "/minio/health/ready", Duration.ofSeconds(30));
        return new Minio(port, process);
    }

    /// A file with the YAML that both Thanos' programs and ours read.
    Path config(Path directory, String bucket) throws IOException {
        Path file = directory.resolve(bucket + ".yml");
        Files.writeString(file, """
                type: S3
                config:
                  bucket: %s
                  endpoint: 127.0.0.1:%d
                  insecure: true
                  region: us-east-1
                  access_key: %s
                  secret_key: %s
                """.formatted(bucket, port, ACCESS_KEY, SECRET_KEY));
        return file;
    }

    @Override
    public void close() {
        process.close();
    }
}
