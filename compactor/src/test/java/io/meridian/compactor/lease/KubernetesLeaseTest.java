package io.meridian.compactor.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesLeaseTest extends LeadershipContract {
    @TempDir
    private Path directory;

    private KubernetesServer server;

    @BeforeEach
    void start() throws IOException {
        server = new KubernetesServer(directory.resolve("pod"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    Leadership lease(String holder) throws IOException {
        return server.lease(holder, () -> nowMs);
    }

    @Test
    void poll_noLeaseYet_createsIt() throws IOException {
        lease("a").poll();

        assertThat(server.spec().get("holderIdentity")).isEqualTo("a");
        assertThat(server.spec().get("renewTime")).isEqualTo("1970-01-01T00:00:00.000000Z");
    }

    @Test
    void poll_answerToRenewalLost_staysLeader() throws IOException {
        var a = lease("a");
        a.poll();
        server.loseNextAnswer();
        assertThatThrownBy(a::poll).isInstanceOf(IOException.class).hasMessageContaining("etcd timed out");

        assertThat(a.poll()).isTrue();
        a.verify();
        assertThat(a.epoch()).isEqualTo(1);
    }

    @Test
    void poll_answerToTakingOverLost_leadsAtTheNext() throws IOException {
        var a = lease("a");
        var b = lease("b");
        a.poll();
        b.poll();
        nowMs += 60_000;
        b.poll();
        a.poll();
        b.release();
        server.loseNextAnswer();
        assertThatThrownBy(a::poll).isInstanceOf(IOException.class).hasMessageContaining("etcd timed out");

        assertThat(a.poll()).isTrue();
        a.verify();
    }

    @Test
    void verify_leaseDeleted_isLost() throws IOException {
        var a = lease("a");
        a.poll();
        server.delete();

        assertThatThrownBy(a::verify).isInstanceOf(LeaseLostException.class).hasMessageContaining("deleted");
        assertThat(a.poll()).isTrue();
    }

    @Test
    void api_https_trustsTheMountedAuthorityOnly() throws Exception {
        Path store = directory.resolve("tls.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "api",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        var https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context));
        Path pod = directory.resolve("pod-tls");
        try (var secured = new KubernetesServer(https, pod)) {
            Files.writeString(
                    pod.resolve("ca.crt"),
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(keys.getCertificate("api").getEncoded())
                            + "\n-----END CERTIFICATE-----\n");
            try (var api = secured.api("https")) {
                assertThat(api.get()).isNull();
            }
            Files.writeString(pod.resolve("ca.crt"), "nothing");
            assertThatThrownBy(() -> {
                        try (var api = secured.api("https")) {
                            api.get();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void serverOf_outsideOfACluster_isRefused() {
        assertThat(KubernetesApi.serverOf(
                        Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "6443")))
                .isEqualTo("https://10.0.0.1:6443");
        assertThatThrownBy(() -> KubernetesApi.serverOf(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KUBERNETES_SERVICE_HOST");
    }
}
