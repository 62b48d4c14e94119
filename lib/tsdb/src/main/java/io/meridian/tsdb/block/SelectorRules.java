package io.meridian.tsdb.block;

import io.meridian.model.LabelMatcher.AnchoredPattern;
import io.meridian.model.Labels;
import io.meridian.objstore.config.ConfigException;
import io.meridian.objstore.config.Yaml;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which blocks a process takes care of: Prometheus' relabelling rules, of which only `keep`, `drop` and `hashmod` are
/// allowed, over a block's external labels and `__block_id`.
public final class SelectorRules {
    /// The label that holds the block's id.
    public static final String BLOCK_ID = "__block_id";

    public static final SelectorRules ALL = new SelectorRules(List.of(), "");

    private static final Set<String> FIELDS =
            Set.of("action", "source_labels", "separator", "regex", "modulus", "target_label", "replacement");

    private enum Action {
        KEEP,
        DROP,
        HASHMOD
    }

    private record Rule(
            Action action,
            List<String> sources,
            String separator,
            AnchoredPattern regex,
            long modulus,
            String target) {}

    private final List<Rule> rules;
    private final String fingerprint;

    private SelectorRules(List<Rule> rules, String fingerprint) {
        this.rules = rules;
        this.fingerprint = fingerprint;
    }

    /// Equal for equal texts of rules; `""` where everything is kept.
    public String fingerprint() {
        return fingerprint;
    }

    /// @param yaml a list of rules, as in `--selector.relabel-config`; empty: everything is kept
    /// @throws IllegalArgumentException naming the rule and what is wrong with it
    public static SelectorRules parse(String yaml) {
        Object root;
        try {
            root = Yaml.parse(yaml);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("selector relabel configuration: " + e.getMessage(), e);
        }
        if (root == null || root.equals("")) {
            return ALL;
        }
        if (!(root instanceof List<?> list)) {
            throw new IllegalArgumentException("selector relabel configuration: expected a list of rules");
        }
        List<Rule> rules = new ArrayList<>();
        for (Object item : list) {
            rules.add(rule(rules.size(), item));
        }
        return new SelectorRules(List.copyOf(rules), rules.isEmpty() ? "" : "%016x".formatted(hash(yaml.strip())));
    }

    private static Rule rule(int number, @Nullable Object item) {
        if (!(item instanceof Map<?, ?> fields)) {
            throw invalid(number, "expected a mapping");
        }
        for (Object field : fields.keySet()) {
            if (!FIELDS.contains(String.valueOf(field))) {
                throw invalid(number, "unknown field " + field);
            }
        }
        String name = text(fields, "action", "replace");
        Action action = switch (name) {
            case "keep" -> Action.KEEP;
            case "drop" -> Action.DROP;
            case "hashmod" -> Action.HASHMOD;
            default -> throw invalid(number, "action " + name + " is not supported; keep, drop and hashmod are");
        };
        List<String> sources = new ArrayList<>();
        if (fields.get("source_labels") instanceof List<?> given) {
            given.forEach(source -> sources.add(String.valueOf(source)));
        }
        long modulus = 0;
        String target = text(fields, "target_label", "");
        AnchoredPattern regex;
        try {
            regex = AnchoredPattern.compile(text(fields, "regex", "(.*)"));
            modulus = Long.parseUnsignedLong(text(fields, "modulus", "0"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("selector relabel rule " + (number + 1) + ": " + e.getMessage(), e);
        }
        if (action == Action.HASHMOD && (modulus == 0 || target.isEmpty())) {
            throw invalid(number, "hashmod needs a modulus above 0 and a target_label");
        }
        return new Rule(action, List.copyOf(sources), text(fields, "separator", ";"), regex, modulus, target);
    }

    private static String text(Map<?, ?> fields, String name, String otherwise) {
        Object value = fields.get(name);
        return value == null ? otherwise : value.toString();
    }

    private static IllegalArgumentException invalid(int number, String reason) {
        return new IllegalArgumentException("selector relabel rule " + (number + 1) + ": " + reason);
    }

    /// Whether a block with these external labels is kept.
    public boolean keeps(String blockId, Labels externalLabels) {
        Map<String, String> labels = new HashMap<>();
        for (int i = 0; i < externalLabels.size(); i++) {
            labels.put(externalLabels.name(i), externalLabels.value(i));
        }
        labels.put(BLOCK_ID, blockId);
        for (Rule rule : rules) {
            String joined = String.join(
                    rule.separator(),
                    rule.sources().stream()
                            .map(source -> labels.getOrDefault(source, ""))
                            .toList());
            switch (rule.action()) {
                case KEEP -> {
                    if (!rule.regex().matches(joined)) {
                        return false;
                    }
                }
                case DROP -> {
                    if (rule.regex().matches(joined)) {
                        return false;
                    }
                }
                case HASHMOD ->
                    labels.put(
                            rule.target(), Long.toUnsignedString(Long.remainderUnsigned(hash(joined), rule.modulus())));
            }
        }
        return true;
    }

    /// The last 8 bytes of the MD5, as Prometheus takes them.
    private static long hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong(8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
