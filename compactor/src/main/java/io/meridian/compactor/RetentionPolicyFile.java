package io.meridian.compactor;

import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.LabelMatcher;
import io.meridian.objstore.config.BucketConfigException;
import io.meridian.objstore.config.Yaml;
import io.meridian.server.flag.GoDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a retention policy:
///
/// ```yaml
/// rules:
///   - matchers: {team: payments, env: "prod|staging"}   # external labels, as anchored regular expressions
///     raw: 30d
///     5m: 1y
///     1h: 0d          # 0d: for ever; what is not given is as the flags say
/// ```
final class RetentionPolicyFile {
    private static final Set<String> MEMBERS = Set.of("matchers", "raw", "5m", "1h");

    private RetentionPolicyFile() {}

    /// @throws IllegalArgumentException if the file is not such a policy
    static RetentionPolicy read(Path file, RetentionPolicy.Periods defaults) throws IOException {
        Object yaml;
        try {
            yaml = Yaml.parse(Files.readString(file));
        } catch (BucketConfigException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        if (!(yaml instanceof Map<?, ?> root) || !(root.get("rules") instanceof List<?> entries)) {
            throw new IllegalArgumentException(file + ": expected a list named \"rules\"");
        }
        var rules = new ArrayList<RetentionPolicy.Rule>();
        for (Object entry : entries) {
            String place = file + ": rule " + (rules.size() + 1);
            if (!(entry instanceof Map<?, ?> rule)) {
                throw new IllegalArgumentException(place + " is not a mapping");
            }
            for (Object member : rule.keySet()) {
                if (!MEMBERS.contains(String.valueOf(member))) {
                    throw new IllegalArgumentException(
                            place + ": unknown member \"" + member + "\": use matchers, raw, 5m and 1h");
                }
            }
            rules.add(new RetentionPolicy.Rule(
                    matchers(place, rule.get("matchers")),
                    new RetentionPolicy.Periods(
                            period(place, rule.get("raw"), defaults.raw()),
                            period(place, rule.get("5m"), defaults.fiveMinutes()),
                            period(place, rule.get("1h"), defaults.oneHour()))));
        }
        return new RetentionPolicy(rules, defaults);
    }

    private static List<LabelMatcher> matchers(String place, @Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(place + ": matchers must map label names to regular expressions");
        }
        var matchers = new ArrayList<LabelMatcher>();
        map.forEach((name, pattern) ->
                matchers.add(LabelMatcher.of(LabelMatcher.Type.REGEX, String.valueOf(name), String.valueOf(pattern))));
        return matchers;
    }

    private static Duration period(String place, @Nullable Object value, Duration fallback) {
        if (value == null) {
            return fallback;
        }
        try {
            return GoDuration.parse(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }
}
