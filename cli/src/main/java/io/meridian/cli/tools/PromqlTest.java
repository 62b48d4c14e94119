package io.meridian.cli.tools;

import io.meridian.promql.Engine;
import io.meridian.promql.script.ScriptReport;
import io.meridian.promql.script.ScriptRunner;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools promqltest`.
@Command(
        name = "promqltest",
        mixinStandardHelpOptions = true,
        description = "Runs scripts in Prometheus' PromQL test language. Exit status 1 if anything fails.")
final class PromqlTest implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Scripts.")
    List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        int passed = 0;
        int failed = 0;
        try (var engine = new Engine(ScriptRunner.engineOptions())) {
            var runner = ScriptRunner.inMemory(engine);
            for (Path file : files) {
                ScriptReport report = runner.run(file.toString(), Files.readString(file));
                report.failures().forEach(out::println);
                passed += report.passed();
                failed += report.failed();
            }
        }
        out.println(passed + " passed, " + failed + " failed");
        out.flush();
        return failed == 0 ? 0 : 1;
    }
}
