package io.meridian.objstore.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One mapping of a YAML document, read field by field. What was not asked for when [#finish] is called is an error.
final class YamlFields {
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h|d|w|y)");
    private static final Map<String, Double> UNIT_NANOS = Map.of(
            "ns",
            1.0,
            "us",
            1e3,
            "µs",
            1e3,
            "ms",
            1e6,
            "s",
            1e9,
            "m",
            60e9,
            "h",
            3600e9,
            "d",
            86400e9,
            "w",
            604800e9,
            "y",
            365 * 86400e9);
    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|\\(([A-Za-z_][A-Za-z0-9_]*)\\))");

    private final String path;
    private final Map<?, ?> values;
    private final Function<String, @Nullable String> environment;
    private final Set<String> known = new LinkedHashSet<>();

    private YamlFields(String path, Map<?, ?> values, Function<String, @Nullable String> environment) {
        this.path = path;
        this.values = values;
        this.environment = environment;
    }

    /// @param environment replaces `${NAME}` and `$(NAME)` in scalars
    static YamlFields parse(String yaml, Function<String, @Nullable String> environment) {
        Object root;
        try {
            root = Yaml.parse(yaml);
        } catch (ConfigException e) {
            throw new ConfigException("bucket configuration is " + e.getMessage(), e);
        }
        if (root == null || root.equals("")) {
            throw new ConfigException("bucket configuration is empty; it needs `type` and `config`");
        }
        if (!(root instanceof Map<?, ?> map)) {
            throw new ConfigException("bucket configuration: expected a mapping with `type` and `config`");
        }
        return new YamlFields("", map, environment);
    }

    boolean has(String name) {
        known.add(name);
        return values.containsKey(name);
    }

    String text(String name, String otherwise) {
        known.add(name);
        Object value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof String text)) {
            throw invalid(name, "expected text");
        }
        return substitute(name, text);
    }

    private String substitute(String name, String text) {
        Matcher matcher = VARIABLE.matcher(text);
        var out = new StringBuilder();
        while (matcher.find()) {
            String variable = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            String value = environment.apply(variable);
            if (value == null) {
                throw invalid(name, "the environment has no variable " + variable);
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(out).toString();
    }

    boolean flag(String name, boolean otherwise) {
        String text = text(name, "");
        return switch (text) {
            case "" -> otherwise;
            case "true", "True", "TRUE", "yes", "on" -> true;
            case "false", "False", "FALSE", "no", "off" -> false;
            default -> throw invalid(name, "expected true or false, actual=" + text);
        };
    }

    long number(String name, long otherwise) {
        String text = text(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // as below
        }
        throw invalid(name, "expected a whole number, actual=" + text);
    }

    /// Go's form of a duration, `1m30s`, or `0`.
    Duration duration(String name, Duration otherwise) {
        String text = text(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = DURATION_PART.matcher(text);
        double nanos = 0;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            Double unit = UNIT_NANOS.get(matcher.group(2));
            nanos += Double.parseDouble(matcher.group(1)) * (unit == null ? 0 : unit);
            end = matcher.end();
        }
        if (end != text.length() || nanos > Long.MAX_VALUE) {
            throw invalid(name, "expected a duration such as 90s or 1m30s, actual=" + text);
        }
        return Duration.ofNanos((long) nanos);
    }

    Map<String, String> texts(String name) {
        YamlFields fields = mapping(name);
        Map<String, String> out = new LinkedHashMap<>();
        for (Object key : fields.values.keySet()) {
            out.put(key.toString(), fields.text(key.toString(), ""));
        }
        return out;
    }

    /// A mapping; an empty one if there is none.
    YamlFields mapping(String name) {
        known.add(name);
        Object value = values.get(name);
        if (value == null || value.equals("")) {
            return new YamlFields(pathOf(name), Map.of(), environment);
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw invalid(name, "expected a mapping");
        }
        return new YamlFields(pathOf(name), map, environment);
    }

    /// Refuses fields that nobody asked for.
    void finish() {
        for (Object key : values.keySet()) {
            String name = String.valueOf(key);
            if (!known.contains(name)) {
                String nearest = Nearest.of(name, known);
                throw invalid(
                        name,
                        "unknown field"
                                + (nearest == null
                                        ? "; known are " + String.join(", ", known)
                                        : "; did you mean " + nearest + "?"));
            }
        }
    }

    /// Of a field that must be there; one that is written almost like it is what is wrong.
    ConfigException missing(String name, String what) {
        for (Object key : values.keySet()) {
            String given = String.valueOf(key);
            if (!known.contains(given) && name.equals(Nearest.of(given, List.of(name)))) {
                return invalid(given, "unknown field; did you mean " + name + "?");
            }
        }
        return invalid(name, "missing; " + what);
    }

    ConfigException invalid(String name, String reason) {
        return new ConfigException("bucket configuration, " + pathOf(name) + ": " + reason);
    }

    String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
