package io.meridian.cli;

import io.meridian.cli.tools.ToolsCommand;
import io.meridian.server.flag.Flags;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `meridian <command>`.
@Command(
        name = "meridian",
        mixinStandardHelpOptions = true,
        versionProvider = Flags.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Many regional Prometheus servers as one system with unlimited memory.",
        footer = {"", "meridian <command> --help lists the flags of a command with their defaults."})
public final class Main {
    private Main() {}

    /// Runs a command and ends the process with its status.
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand(new ToolsCommand());
        return Flags.configure(line, List.of());
    }
}
