package io.meridian.cli;

import io.meridian.cli.demo.DemoCommand;
import io.meridian.cli.tools.ToolsCommand;
import io.meridian.compactor.CompactCommand;
import io.meridian.compactor.CompactorFlags;
import io.meridian.querier.Querier;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.InertFlag;
import io.meridian.sidecar.Sidecar;
import io.meridian.storegateway.StoreGateway;
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
        add(line, new Sidecar(), Sidecar.INERT);
        add(line, new StoreGateway(), StoreGateway.INERT);
        add(line, new Querier(), Querier.INERT);
        add(line, new CompactCommand(), CompactorFlags.INERT);
        line.addSubcommand(new AllCommand());
        line.addSubcommand(new DemoCommand());
        line.addSubcommand(new ToolsCommand());
        return Flags.configure(line, List.of());
    }

    private static void add(CommandLine line, Object command, List<InertFlag> inertFlags) {
        var sub = new CommandLine(command);
        Flags.addInert(sub, inertFlags);
        line.addSubcommand(sub);
    }
}
