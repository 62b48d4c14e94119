package io.meridian.server.flag;

import java.time.Duration;
import picocli.CommandLine.Option;

/// Where HTTP is served, and how it ends.
public final class HttpFlags {
    @Option(
            names = "--http-address",
            defaultValue = "0.0.0.0:10902",
            paramLabel = "HOST:PORT",
            description = "Where to serve HTTP. Default: ${DEFAULT-VALUE}")
    public HostPort address;

    @Option(
            names = "--http-grace-period",
            defaultValue = "2m",
            paramLabel = "DURATION",
            description = "How long requests may go on after SIGTERM. Default: ${DEFAULT-VALUE}")
    public Duration gracePeriod;

    /// As a command line would set them.
    public static HttpFlags of(HostPort address, Duration gracePeriod) {
        var flags = new HttpFlags();
        flags.address = address;
        flags.gracePeriod = gracePeriod;
        return flags;
    }
}
