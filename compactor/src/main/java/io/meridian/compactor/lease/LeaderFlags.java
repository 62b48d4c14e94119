package io.meridian.compactor.lease;

import io.meridian.objstore.Bucket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/// How compactors that share a bucket agree on one leader.
public final class LeaderFlags {
    private static final Duration DURATION = Duration.ofSeconds(60);

    @Option(
            names = "--leader.type",
            defaultValue = "bucket",
            paramLabel = "bucket|kubernetes",
            description =
                    "Where the lease of the leading compactor is kept: in the bucket, or in a Lease of the Kubernetes"
                            + " cluster. Default: ${DEFAULT-VALUE}")
    public String type;

    @Option(
            names = "--leader.kubernetes-namespace",
            defaultValue = "",
            paramLabel = "NAME",
            description = "Namespace of the Lease. Default: the pod's own")
    public String namespace;

    @Option(
            names = "--leader.kubernetes-lease",
            defaultValue = "meridian-compactor",
            paramLabel = "NAME",
            description = "Name of the Lease; compactors of one bucket must agree on it. Default: ${DEFAULT-VALUE}")
    public String name;

    @Option(names = "--leader.kubernetes-api", defaultValue = "", paramLabel = "URL", hidden = true)
    public String server;

    @Option(
            names = "--leader.kubernetes-credentials",
            defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount",
            paramLabel = "DIR",
            description = "Folder with token, ca.crt and namespace of the service account. Default: ${DEFAULT-VALUE}")
    public Path credentials;

    /// @param bucket where a lease of type `bucket` is kept
    /// @param holder who wants to lead
    /// @throws IllegalArgumentException if a flag is wrong
    public Leadership open(Bucket bucket, String holder) throws IOException {
        return switch (type) {
            case "bucket" -> new LeaderLease(bucket, holder, DURATION, LeaderFlags::clockMs);
            case "kubernetes" -> {
                String url = server.isEmpty() ? KubernetesApi.serverOf(System.getenv()) : server;
                var api = new KubernetesApi(url, credentials, namespace, name);
                yield new KubernetesLease(api, holder, DURATION, LeaderFlags::clockMs, InstantSource.system());
            }
            default ->
                throw new IllegalArgumentException("--leader.type: use bucket or kubernetes, not \"" + type + "\"");
        };
    }

    private static long clockMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
