package io.meridian.compactor;

import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.LabelMatcher;
import io.meridian.objstore.config.ConfigException;
import io.meridian.objstore.config.YamlNode;
import io.meridian.server.flag.GoDuration;
import io.meridian.server.flag.TextOrFile;
import java.io.IOException;
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
///     series: {__name__: "debug_.*"}                    # labels of series, likewise; all series if not given
///     raw: 30d
///     5m: 1y
///     1h: 0d          # 0d: for ever; what is not given is as the flags say
/// ```
public final class RetentionPolicyFile {
    private static final Set<String> MEMBERS = Set.of("matchers", "series", "raw", "5m", "1h");

    private RetentionPolicyFile() {}

    /// @throws IllegalArgumentException if the file is not such a policy; names file, line and field
    public static RetentionPolicy read(Path file, RetentionPolicy.Periods defaults) throws IOException {
        YamlNode root;
        try {
            root = YamlNode.parse(TextOrFile.read("--retention.policy-file", file));
        } catch (ConfigException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        if (root == null || root.fields() == null) {
            throw new IllegalArgumentException(file + ":1: expected a list named \"rules\"");
        }
        for (var member : root.fields().entrySet()) {
            if (!member.getKey().equals("rules")) {
                throw wrong(file, member.getValue(), member.getKey(), "is not known: use rules");
            }
        }
        YamlNode list = root.fields().get("rules");
        if (list == null || list.items() == null) {
            throw wrong(file, list == null ? root : list, "rules", "must be a list");
        }
        var rules = new ArrayList<RetentionPolicy.Rule>();
        for (YamlNode item : list.items()) {
            rules.add(rule(file, item, rules.size() + 1, defaults));
        }
        return new RetentionPolicy(rules, defaults);
    }

    private static RetentionPolicy.Rule rule(Path file, YamlNode item, int number, RetentionPolicy.Periods defaults) {
        String name = "rules[" + number + "]";
        Map<String, YamlNode> members = item.fields();
        if (members == null) {
            throw wrong(file, item, name, "must be a mapping with matchers, series, raw, 5m and 1h");
        }
        for (var member : members.entrySet()) {
            if (!MEMBERS.contains(member.getKey())) {
                throw wrong(
                        file,
                        member.getValue(),
                        name + "." + member.getKey(),
                        "is not known: use matchers, series, raw, 5m and 1h");
            }
        }
        return new RetentionPolicy.Rule(
                matchers(file, name + ".matchers", members.get("matchers")),
                matchers(file, name + ".series", members.get("series")),
                new RetentionPolicy.Periods(
                        period(file, name + ".raw", members.get("raw"), defaults.raw()),
                        period(file, name + ".5m", members.get("5m"), defaults.fiveMinutes()),
                        period(file, name + ".1h", members.get("1h"), defaults.oneHour())),
                "rule " + number + " (" + file.getFileName() + ":" + item.line() + ")");
    }

    private static List<LabelMatcher> matchers(Path file, String field, @Nullable YamlNode value) {
        if (value == null) {
            return List.of();
        }
        if (value.fields() == null) {
            throw wrong(file, value, field, "must map label names to regular expressions");
        }
        var matchers = new ArrayList<LabelMatcher>();
        for (var entry : value.fields().entrySet()) {
            YamlNode pattern = entry.getValue();
            String inner = field + "." + entry.getKey();
            if (pattern.text() == null) {
                throw wrong(file, pattern, inner, "must be a regular expression");
            }
            try {
                matchers.add(LabelMatcher.of(LabelMatcher.Type.REGEX, entry.getKey(), pattern.text()));
            } catch (IllegalArgumentException e) {
                throw wrong(file, pattern, inner, "is not a regular expression: " + e.getMessage());
            }
        }
        return matchers;
    }

    private static Duration period(Path file, String field, @Nullable YamlNode value, Duration fallback) {
        if (value == null) {
            return fallback;
        }
        if (value.text() == null) {
            throw wrong(file, value, field, "must be a duration such as 30d");
        }
        Duration period;
        try {
            period = GoDuration.parse(value.text());
        } catch (IllegalArgumentException e) {
            throw wrong(file, value, field, "is " + e.getMessage());
        }
        if (period.isNegative()) {
            throw wrong(file, value, field, "must not be negative: " + value.text());
        }
        return period;
    }

    private static IllegalArgumentException wrong(Path file, YamlNode node, String field, String what) {
        return new IllegalArgumentException("%s:%d: %s %s".formatted(file, node.line(), field, what));
    }
}
