package io.meridian.compactor.lease;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// One `Lease` object (`coordination.k8s.io/v1`) of a Kubernetes API server, by plain HTTPS with the pod's service
/// account. The token is read for each request, as Kubernetes replaces it.
public final class KubernetesApi implements AutoCloseable {
    /// Where Kubernetes mounts the service account of a pod.
    public static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MESSAGE_CHARS_MAX = 200;

    private final HttpClient client;
    private final URI collection;
    private final String name;
    private final Path token;

    /// @param server      such as `https://10.0.0.1:443`
    /// @param credentials folder with `token` and, for HTTPS, `ca.crt`
    /// @param namespace   `""`: that of the folder's `namespace`
    /// @throws IllegalArgumentException if something is missing; the message says what to do
    public KubernetesApi(String server, Path credentials, String namespace, String name) throws IOException {
        this.token = credentials.resolve("token");
        this.name = name;
        if (!Files.isReadable(token)) {
            throw new IllegalArgumentException("--leader.type=kubernetes: there is no service account token at " + token
                    + ": run in a pod with automountServiceAccountToken");
        }
        String space = namespace;
        if (space.isEmpty()) {
            Path file = credentials.resolve("namespace");
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException(
                        "--leader.kubernetes-namespace is not given and " + file + " is not there");
            }
            space = Files.readString(file).strip();
        }
        this.collection = URI.create(server + "/apis/coordination.k8s.io/v1/namespaces/" + space + "/leases");
        var builder = HttpClient.newBuilder().connectTimeout(TIMEOUT).version(HttpClient.Version.HTTP_1_1);
        if (server.startsWith("https:")) {
            builder.sslContext(trusting(credentials.resolve("ca.crt")));
        }
        this.client = builder.build();
    }

    /// The API server that Kubernetes names in a pod's environment.
    ///
    /// @throws IllegalArgumentException outside of Kubernetes
    public static String serverOf(Map<String, String> environment) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            throw new IllegalArgumentException(
                    "--leader.type=kubernetes: KUBERNETES_SERVICE_HOST is not set: this is no pod of a cluster");
        }
        return "https://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static SSLContext trusting(Path authorities) throws IOException {
        try (InputStream in = Files.newInputStream(authorities)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + count++, certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + " is no certificate authority: " + e.getMessage(), e);
        }
    }

    /// Somebody else wrote the object since it was read.
    static final class ConflictException extends IOException {
        private static final long serialVersionUID = 1;

        ConflictException(String message) {
            super(message);
        }
    }

    /// The object as it is now; null if there is none.
    @Nullable
    Map<String, @Nullable Object> get() throws IOException {
        var response = send("GET", URI.create(collection + "/" + name), null);
        return response.statusCode() == 404 ? null : body(response);
    }

    /// @throws ConflictException if it is there already
    Map<String, @Nullable Object> create(Map<String, @Nullable Object> spec) throws IOException {
        var lease = new LinkedHashMap<String, @Nullable Object>();
        lease.put("apiVersion", "coordination.k8s.io/v1");
        lease.put("kind", "Lease");
        lease.put("metadata", Map.of("name", name));
        lease.put("spec", spec);
        return body(send("POST", collection, lease));
    }

    /// Replaces the object if it still is the version that was read.
    ///
    /// @param lease as read, with its `metadata.resourceVersion`, and a new `spec`
    /// @throws ConflictException if it is not
    Map<String, @Nullable Object> replace(Map<String, @Nullable Object> lease) throws IOException {
        return body(send("PUT", URI.create(collection + "/" + name), lease));
    }

    private HttpResponse<String> send(String method, URI uri, @Nullable Map<String, @Nullable Object> body)
            throws IOException {
        var publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(JsonWriter.compact(body), StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + Files.readString(token).strip())
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Map<String, @Nullable Object> body(HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        String text = response.body();
        if (status == 409) {
            throw new ConflictException("the lease was changed by somebody else");
        }
        if (status < 200 || status >= 300) {
            String hint = status == 403 ? " (the service account needs get, create and update on leases)" : "";
            throw new IOException("%s answered %d%s: %s"
                    .formatted(
                            response.request().uri(),
                            status,
                            hint,
                            text.substring(0, Math.min(text.length(), MESSAGE_CHARS_MAX))));
        }
        try {
            return Json.parseObject(text);
        } catch (JsonException e) {
            throw new IOException(response.request().uri() + " answered what is not JSON: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
