package io.meridian.querier.discovery;

import io.meridian.server.flag.TextOrFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Where endpoints are found, and how often to look.
///
/// @param specs            those given by flags
/// @param targetFiles      patterns of files with targets
/// @param config           text of `--endpoint.sd-config`, or `""`
/// @param configFile       its file, or `""`
/// @param fileInterval     how often files are read again
/// @param nameInterval     how often DNS names are resolved again
/// @param infoTimeout      how often, and how long at most, each endpoint is asked what it is
/// @param unhealthyTimeout how long one that does not answer stays listed
/// @param responseTimeout  longest silence of an endpoint that a query reads; zero: no limit
public record EndpointSettings(
        List<EndpointSpec> specs,
        List<String> targetFiles,
        String config,
        String configFile,
        Duration fileInterval,
        Duration nameInterval,
        Duration infoTimeout,
        Duration unhealthyTimeout,
        Duration responseTimeout) {
    public EndpointSettings {
        specs = List.copyOf(specs);
        targetFiles = List.copyOf(targetFiles);
    }

    List<EndpointSpec> readFiles() throws IOException {
        var all = new ArrayList<>(EndpointFiles.targets(targetFiles));
        if (!config.isEmpty()) {
            all.addAll(EndpointFiles.config(config, "--endpoint.sd-config"));
        }
        if (!configFile.isEmpty()) {
            all.addAll(EndpointFiles.config(
                    TextOrFile.read("--endpoint.sd-config-file", Path.of(configFile)), configFile));
        }
        return all;
    }
}
