package io.meridian.querier.discovery;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Endpoints written down in files: Prometheus' lists of targets, and Thanos' `--endpoint.sd-config`. JSON is YAML,
/// too.
final class EndpointFiles {
    private EndpointFiles() {}

    /// Endpoints of `--endpoint.sd-config`: `endpoints: [{address, strict}]`.
    ///
    /// @param what names the text in errors
    /// @throws IllegalArgumentException if the text is not of that form
    static List<EndpointSpec> config(String yaml, String what) {
        if (!(load(yaml, what) instanceof Map<?, ?> root)) {
            throw new IllegalArgumentException(what + ": expected a mapping with the key \"endpoints\"");
        }
        for (Object key : root.keySet()) {
            if (!"endpoints".equals(key) && !"default_client_config".equals(key)) {
                throw new IllegalArgumentException(what + ": unknown key \"" + key + "\" (endpoints)");
            }
        }
        var specs = new ArrayList<EndpointSpec>();
        for (Object element : list(root.get("endpoints"), what + ": endpoints")) {
            if (!(element instanceof Map<?, ?> endpoint) || !(endpoint.get("address") instanceof String address)) {
                throw new IllegalArgumentException(what + ": an endpoint needs an \"address\"");
            }
            specs.add(new EndpointSpec(address, Boolean.TRUE.equals(endpoint.get("strict"))));
        }
        return specs;
    }

    /// Targets of all files that fit one of the patterns: `[{targets: [host:port, …]}]`.
    ///
    /// @throws IOException              if a file cannot be read
    /// @throws IllegalArgumentException if a file is not of that form
    static List<EndpointSpec> targets(List<String> patterns) throws IOException {
        var specs = new ArrayList<EndpointSpec>();
        for (String pattern : patterns) {
            for (Path file : matching(pattern)) {
                for (Object group : list(load(Files.readString(file), file.toString()), file.toString())) {
                    if (!(group instanceof Map<?, ?> map)) {
                        throw new IllegalArgumentException(file + ": expected a list of mappings with \"targets\"");
                    }
                    for (Object target : list(map.get("targets"), file + ": targets")) {
                        specs.add(new EndpointSpec(String.valueOf(target), false));
                    }
                }
            }
        }
        return specs;
    }

    private static List<Path> matching(String pattern) throws IOException {
        Path path = Path.of(pattern).toAbsolutePath();
        Path folder = path.getParent();
        Path name = path.getFileName();
        if (folder == null || name == null || !Files.isDirectory(folder)) {
            return List.of();
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        try (var files = Files.list(folder)) {
            return files.filter(file -> {
                        Path fileName = file.getFileName();
                        return fileName != null && matcher.matches(fileName);
                    })
                    .sorted()
                    .toList();
        }
    }

    private static @Nullable Object load(String yaml, String what) {
        try {
            return new Load(LoadSettings.builder().setLabel(what).build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
        }
    }

    private static List<?> list(@Nullable Object value, String what) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException(what + ": expected a list");
    }
}
