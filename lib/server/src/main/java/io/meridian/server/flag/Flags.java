package io.meridian.server.flag;

import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Builds command lines that behave as Thanos' do: `--name=value` or `--name value`, `--no-name` for switches declared
/// negatable, repeated flags, Go durations, sizes, times. An unknown flag is an error that names the nearest known one.
public final class Flags {
    /// Exit code for a command line that is wrong.
    public static final int EXIT_USAGE = 2;

    private static final Logger log = LoggerFactory.getLogger(Flags.class);
    private static final int SUGGESTION_DISTANCE_MAX = 8;

    private Flags() {}

    /// A command line for an object with picocli annotations.
    public static CommandLine commandLine(Object command, List<InertFlag> inertFlags) {
        return configure(new CommandLine(command), inertFlags);
    }

    /// Applies the conventions to a command line and its subcommands.
    public static CommandLine configure(CommandLine line, List<InertFlag> inertFlags) {
        addInert(line, inertFlags);
        adapt(line);
        return line.registerConverter(Duration.class, GoDuration::parse)
                .registerConverter(ByteSize.class, ByteSize::parse)
                .registerConverter(TimeOrDuration.class, TimeOrDuration::parse)
                .registerConverter(HostPort.class, HostPort::parse)
                .registerConverter(URI.class, HttpUrl::parse)
                .setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setUsageHelpWidth(120)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpLongOptionsMaxWidth(48)
                .setParameterExceptionHandler(Flags::explain)
                .setExecutionExceptionHandler(Flags::failed);
    }

    private static void adapt(CommandLine line) {
        addNegations(line.getCommandSpec());
        line.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        line.getSubcommands().values().forEach(Flags::adapt);
    }

    /// Makes flags known that do nothing; those the command has already are skipped.
    public static void addInert(CommandLine line, List<InertFlag> inertFlags) {
        for (InertFlag flag : inertFlags) {
            if (line.getCommandSpec().findOption(flag.name()) == null) {
                line.getCommandSpec().addOption(flag.toOption());
            }
        }
    }

    /// Replaces each negatable switch `--a.b` by one that sets true, and a hidden `--no-a.b` that sets false. picocli's
    /// own negation knows no names with dots, and would make a switch with default true set false.
    private static void addNegations(CommandSpec spec) {
        for (OptionSpec option : List.copyOf(spec.options())) {
            CommandLine.Model.ISetter setter = option.setter();
            if (option.negatable() && setter != null) {
                var toggle = new NegatableSetter(setter);
                spec.remove(option);
                spec.addOption(OptionSpec.builder(option)
                        .negatable(false)
                        .fallbackValue("true")
                        .arity("0")
                        .setter(toggle)
                        .build());
                spec.addOption(OptionSpec.builder("--no-" + option.longestName().substring(2))
                        .hidden(true)
                        .arity("0")
                        .type(boolean.class)
                        .setter(toggle.negative())
                        .build());
            }
        }
    }

    /// Sets a switch; ignores the default, which picocli applies after parsing, once the negative form was given.
    private static final class NegatableSetter implements CommandLine.Model.ISetter {
        private final CommandLine.Model.ISetter target;
        private boolean negated;

        NegatableSetter(CommandLine.Model.ISetter target) {
            this.target = target;
        }

        @Override
        public <T> T set(T value) throws Exception {
            return negated ? value : target.set(value);
        }

        CommandLine.Model.ISetter negative() {
            return new CommandLine.Model.ISetter() {
                @Override
                public <T> T set(T value) throws Exception {
                    if (Boolean.TRUE.equals(value)) {
                        negated = true;
                        target.set(false);
                    }
                    return value;
                }
            };
        }
    }

    /// Logs one warning for each inert flag that the user gave.
    public static void warnAboutInert(CommandLine line, List<InertFlag> inertFlags) {
        var result = line.getParseResult();
        for (InertFlag flag : inertFlags) {
            OptionSpec option = line.getCommandSpec().findOption(flag.name());
            if (option != null && option.hidden() && result.hasMatchedOption(option)) {
                log.atWarn().addKeyValue("flag", flag.name()).log("flag has no effect here: {}", flag.reason());
            }
        }
    }

    private static int explain(ParameterException problem, String[] arguments) {
        CommandLine line = problem.getCommandLine();
        line.getErr().println(line.getCommandSpec().qualifiedName() + ": error: " + message(problem) + ", try --help");
        return EXIT_USAGE;
    }

    /// One line for the user: which flag, what is wrong with it, how it is written.
    public static String message(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String given = unmatched.getUnmatched().getFirst();
            if (!given.startsWith("-")) {
                return unexpected(
                        given, problem.getCommandLine().getSubcommands().keySet());
            }
            int equals = given.indexOf('=');
            String name = equals < 0 ? given : given.substring(0, equals);
            return unknown(name, names(problem.getCommandLine()));
        }
        if (problem.getArgSpec() instanceof OptionSpec option
                && problem.getCause() instanceof IllegalArgumentException) {
            return option.longestName() + ": " + problem.getCause().getMessage();
        }
        Set<String> commands = problem.getCommandLine().getSubcommands().keySet();
        if (!commands.isEmpty() && problem.getArgSpec() == null) {
            return "say which: " + String.join(", ", commands);
        }
        String text = problem.getMessage();
        return text == null ? problem.toString() : text.replace('\n', ' ');
    }

    private static String unexpected(String argument, Set<String> commands) {
        if (commands.isEmpty()) {
            return "unexpected argument \"" + argument + "\"";
        }
        String nearest = nearest(argument, commands);
        return "unknown command \"" + argument + "\": "
                + (nearest.isEmpty() ? "use one of " + String.join(", ", commands) : "did you mean " + nearest + "?");
    }

    /// What to say of a flag that is none of those known.
    public static String unknown(String name, Collection<String> known) {
        String nearest = nearest(name, known);
        return "unknown flag " + name + (nearest.isEmpty() ? "" : ": did you mean " + nearest + "?");
    }

    /// All flags of a command, with their dashes.
    public static List<String> names(CommandLine line) {
        return line.getCommandSpec().options().stream()
                .flatMap(option -> Stream.of(option.names()))
                .toList();
    }

    private static String nearest(String name, Collection<String> known) {
        String best = "";
        int bestDistance = Math.min(SUGGESTION_DISTANCE_MAX, name.length() / 2) + 1;
        for (String candidate : known) {
            int distance = editDistance(name, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /// Levenshtein distance in UTF-16 units.
    static int editDistance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }

    private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult result) {
        line.getErr().println(line.getCommandSpec().qualifiedName() + ": error: " + message(failure));
        log.debug("command failed", failure);
        return 1;
    }

    private static String message(Exception failure) {
        String text = failure.getMessage();
        if (text == null || text.isBlank()) {
            return failure.toString();
        }
        // Their message may be the file's name alone.
        return switch (failure) {
            case NoSuchFileException _ -> text + ": no such file or directory";
            case AccessDeniedException _ -> text + ": permission denied";
            case FileAlreadyExistsException _ -> text + ": there is a file of this name";
            default -> text;
        };
    }

    /// Prints the version from the build.
    public static final class Version implements IVersionProvider {
        /// The version of this build, or `dev` outside a packaged build.
        public static String current() {
            String version = Version.class.getPackage().getImplementationVersion();
            return version == null ? "dev" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"meridian, version " + current()};
        }
    }
}
