package io.meridian.cli;

import io.meridian.server.flag.Flags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// Deals the flags of `meridian all` to the components that know them.
///
/// A flag that several know means the first of them (the querier); the others are reached by a prefix, as in
/// `--compact.consistency-delay`. Flags about the bucket, data and logs mean all.
final class FlagRouter {
    private static final Set<String> SHARED =
            Set.of("--objstore.config", "--objstore.config-file", "--data-dir", "--log.level", "--log.format");

    /// Prefix of a component to its command line, in order of precedence.
    private final Map<String, CommandLine> components;

    FlagRouter(Map<String, CommandLine> components) {
        this.components = new LinkedHashMap<>(components);
    }

    /// @return arguments per component
    /// @throws IllegalArgumentException if no component knows one; says what may have been meant
    /// @throws ParameterException       if a value is wrong
    Map<String, List<String>> route(List<String> arguments) {
        var routed = new LinkedHashMap<String, List<String>>();
        components.keySet().forEach(component -> routed.put(component, new ArrayList<>()));
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            Target target = target(name);
            var words = new ArrayList<String>();
            words.add(target.flag() + (equals < 0 ? "" : argument.substring(equals)));
            if (equals < 0 && takesValue(target) && i + 1 < arguments.size()) {
                words.add(arguments.get(++i));
            }
            for (String component : target.components()) {
                list(routed, component).addAll(words);
            }
        }
        routed.forEach((component, words) -> parse(component, words));
        return routed;
    }

    private void parse(String component, List<String> words) {
        CommandLine line = components.get(component);
        if (line != null) {
            line.parseArgs(words.toArray(String[]::new));
        }
    }

    private static List<String> list(Map<String, List<String>> routed, String component) {
        return routed.computeIfAbsent(component, key -> new ArrayList<>());
    }

    /// Which components get a flag, under which name.
    private record Target(List<String> components, String flag) {}

    private Target target(String flag) {
        List<String> knowing = components.keySet().stream()
                .filter(component -> knows(component, flag))
                .toList();
        if (SHARED.contains(flag) && !knowing.isEmpty()) {
            return new Target(knowing, flag);
        }
        if (!knowing.isEmpty()) {
            return new Target(List.of(knowing.getFirst()), flag);
        }
        for (String component : components.keySet()) {
            String prefix = "--" + component + ".";
            if (flag.startsWith(prefix) && knows(component, "--" + flag.substring(prefix.length()))) {
                return new Target(List.of(component), "--" + flag.substring(prefix.length()));
            }
        }
        throw new IllegalArgumentException(
                flag.startsWith("-") ? Flags.unknown(flag, names()) : "unexpected argument \"" + flag + "\"");
    }

    /// Every flag that is understood, those of the first component without its prefix.
    private List<String> names() {
        var names = new ArrayList<String>();
        components.forEach((component, line) -> {
            List<String> own = Flags.names(line);
            names.addAll(own);
            own.forEach(name -> names.add("--" + component + "." + name.substring(2)));
        });
        return names;
    }

    private boolean knows(String component, String flag) {
        return option(component, flag) != null;
    }

    private @Nullable OptionSpec option(String component, String flag) {
        CommandLine line = components.get(component);
        return line == null ? null : line.getCommandSpec().findOption(flag);
    }

    private boolean takesValue(Target target) {
        OptionSpec option = option(target.components().getFirst(), target.flag());
        return option != null && option.arity().min() > 0;
    }
}
