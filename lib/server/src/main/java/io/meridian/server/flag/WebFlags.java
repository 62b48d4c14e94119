package io.meridian.server.flag;

import picocli.CommandLine.Option;

/// Paths and CORS of the HTTP API and pages.
public final class WebFlags {
    @Option(
            names = "--web.route-prefix",
            defaultValue = "",
            paramLabel = "PATH",
            description = "Prefix of the paths served. Default: the path of --web.external-prefix")
    public String routePrefix;

    @Option(
            names = "--web.external-prefix",
            defaultValue = "",
            paramLabel = "PATH",
            description = "Prefix under which pages and redirects point at this server, as a proxy shows it.")
    public String externalPrefix;

    @Option(
            names = "--web.prefix-header",
            defaultValue = "",
            paramLabel = "NAME",
            description = "Request header that names the external prefix; only trust it behind a proxy.")
    public String prefixHeader;

    @Option(names = "--web.disable-cors", description = "Send no CORS headers.")
    public boolean disableCors;
}
