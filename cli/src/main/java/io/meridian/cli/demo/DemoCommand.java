package io.meridian.cli.demo;

import io.meridian.server.DataDirectory;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.LogFlags;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `meridian demo`.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Makes up two regions with two replicas each and 40 days of data, and runs everything on it.")
public final class DemoCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    LogFlags logging;

    @Option(
            names = "--data-dir",
            defaultValue = "data/demo",
            paramLabel = "DIR",
            description = "Where everything is kept; what is there is used again. Default: ${DEFAULT-VALUE}")
    Path directory;

    @Option(
            names = "--http-address",
            defaultValue = "127.0.0.1:10902",
            paramLabel = "HOST:PORT",
            description = "Where to serve the page and the API. Default: ${DEFAULT-VALUE}")
    HostPort address;

    @Option(
            names = "--once",
            arity = "0",
            description = "Check the answers against an independent computation, and exit: 0 if all are right.")
    boolean once;

    @Option(
            names = "--days",
            defaultValue = "40",
            paramLabel = "N",
            description = "Days of data up to now. Default: ${DEFAULT-VALUE}")
    int days;

    @Override
    public Integer call() throws Exception {
        logging.apply();
        if (days < 1) {
            throw new ParameterException(spec.commandLine(), "--days must be at least 1: " + days);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (DataDirectory data = DataDirectory.open(directory);
                Service service = Service.create("demo")) {
            var demo = new Demo(service, data.path(), days, Clock.systemUTC(), out);
            demo.makeData();
            demo.start(address);
            demo.introduce();
            if (once) {
                List<String> wrong = demo.check();
                wrong.forEach(out::println);
                out.println(wrong.isEmpty() ? "all answers are right" : wrong.size() + " answers are wrong");
                out.flush();
                return wrong.isEmpty() ? 0 : 1;
            }
            demo.keepGoing();
            return service.awaitTermination();
        }
    }
}
