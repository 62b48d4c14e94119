package io.meridian.testkit;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A real server of the S3 protocol (s3proxy) in this JVM, on a directory. It runs in a class loader of its own, so
/// that nothing of it meets our class path. One serves all tests of a JVM.
///
/// Known limits: replacing an object if its ETag matches is not atomic; keys `x` and `x/y` cannot both exist; listings
/// are in the order of UTF-16.
public final class S3Server {
    public static final String ACCESS_KEY = "test";
    public static final String SECRET_KEY = "testsecret";

    private static final String PACKAGE = "org.gaul.s3proxy.";
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private static @Nullable S3Server shared;

    private final Path directory;
    private final int port;

    private S3Server(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /// The server of this JVM, started by the first call. Skips the calling test if its jar was not fetched.
    public static synchronized S3Server shared() {
        S3Server server = shared;
        if (server == null) {
            Path jar = Path.of(System.getProperty("meridian.root", "."), "test/testkit/target/s3proxy/s3proxy.jar");
            Assumptions.assumeTrue(Files.exists(jar), () -> "no S3 server here: " + jar);
            server = start(jar);
            shared = server;
        }
        return server;
    }

    /// Host and port.
    public String endpoint() {
        return "127.0.0.1:" + port;
    }

    /// Creates an empty bucket with a name of its own.
    public String newBucket() {
        String name = "bucket-" + BUCKETS.incrementAndGet();
        try {
            Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return name;
    }

    /// Puts an object into the server's own directory, which is faster than over the wire.
    public void store(String bucket, String key, byte[] content) {
        Path file = directory.resolve(bucket).resolve(key);
        try {
            Files.createDirectories(file.resolveSibling("."));
            Files.write(file, content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The YAML of `--objstore.config` for a bucket on this server.
    public String config(String bucket) {
        return """
                type: S3
                config:
                  bucket: %s
                  endpoint: %s
                  insecure: true
                  region: us-east-1
                  access_key: %s
                  secret_key: %s
                """.formatted(bucket, endpoint(), ACCESS_KEY, SECRET_KEY);
    }

    private static S3Server start(Path jar) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            // lives as long as the JVM
            @SuppressWarnings("resource")
            var loader = new URLClassLoader("s3proxy", new URL[] {url(jar)}, ClassLoader.getPlatformClassLoader());
            thread.setContextClassLoader(loader);
            // its log would drown the tests' own output
            System.setProperty("LOG_LEVEL", "error");
            System.setProperty("JETTY_LOG_LEVEL", "error");
            System.setProperty("logback.statusListenerClass", "ch.qos.logback.core.status.NopStatusListener");
            Path directory = Files.createTempDirectory("s3server");
            Class<?> type = Class.forName(PACKAGE + "S3Proxy", true, loader);
            Class<?> blobStore = Class.forName(PACKAGE + "blobstore.BlobStore", true, loader);
            Class<?> authentication = Class.forName(PACKAGE + "auth.AuthenticationType", true, loader);
            Object builder = type.getMethod("builder").invoke(null);
            Class<?> builderType = builder.getClass();
            Object store = Class.forName(PACKAGE + "nio2blob.FilesystemNio2BlobStore", true, loader)
                    .getConstructor(String.class)
                    .newInstance(directory.toString());
            builderType.getMethod("blobStore", blobStore).invoke(builder, store);
            builderType.getMethod("endpoint", URI.class).invoke(builder, URI.create("http://127.0.0.1:0"));
            Object v2OrV4 = authentication.getMethod("valueOf", String.class).invoke(null, "AWS_V2_OR_V4");
            builderType
                    .getMethod("awsAuthentication", authentication, String.class, String.class)
                    .invoke(builder, v2OrV4, ACCESS_KEY, SECRET_KEY);
            builderType.getMethod("ignoreUnknownHeaders", boolean.class).invoke(builder, true);
            Object proxy = builderType.getMethod("build").invoke(builder);
            type.getMethod("start").invoke(proxy);
            while (!type.getMethod("getState").invoke(proxy).equals("STARTED")) {
                Thread.onSpinWait();
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAll(directory)));
            return new S3Server(directory, (int) type.getMethod("getPort").invoke(proxy));
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException("cannot start s3proxy from " + jar, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }

    private static void deleteAll(Path directory) {
        try (var walk = Files.walk(directory)) {
            for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + directory);
        }
    }

    /// A server named in the environment by `MERIDIAN_TEST_S3_` and `ENDPOINT` (host and port, perhaps with a scheme),
    /// `ACCESS_KEY`, `SECRET_KEY`, `BUCKET`. Skips the calling test where there is none.
    ///
    /// @return the YAML of `--objstore.config`, with a prefix of its own
    public static String configFromEnvironment() {
        var given = new Properties();
        for (String name : new String[] {"ENDPOINT", "ACCESS_KEY", "SECRET_KEY", "BUCKET"}) {
            String value = System.getenv("MERIDIAN_TEST_S3_" + name);
            Assumptions.assumeTrue(value != null, () -> "no S3 server named: MERIDIAN_TEST_S3_" + name + " is not set");
            given.setProperty(name, value);
        }
        String endpoint = given.getProperty("ENDPOINT");
        return """
                type: S3
                prefix: test-%s
                config:
                  bucket: %s
                  endpoint: %s
                  insecure: %s
                  access_key: "%s"
                  secret_key: "%s"
                """.formatted(
                        java.util.UUID.randomUUID(),
                        given.getProperty("BUCKET"),
                        endpoint.replaceFirst("^https?://", ""),
                        !endpoint.startsWith("https://"),
                        given.getProperty("ACCESS_KEY"),
                        given.getProperty("SECRET_KEY"));
    }
}
