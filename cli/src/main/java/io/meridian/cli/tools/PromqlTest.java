package io.meridian.cli.tools;

import io.meridian.cli.script.BlockScriptSource;
import io.meridian.cli.script.ScriptSources;
import io.meridian.model.SeriesSource;
import io.meridian.promql.Engine;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;
import io.meridian.promql.script.AgainstServer;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.promql.script.MemorySource;
import io.meridian.promql.script.QueryRunner;
import io.meridian.promql.script.ScriptReport;
import io.meridian.promql.script.ScriptRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    @Option(
            names = "--source",
            paramLabel = "WAY",
            description =
                    "How the samples reach the engine: memory; block (written to disk and read); store (two "
                            + "StoreAPI endpoints with the series split between them, and a fan-out). Default: ${DEFAULT-VALUE}")
    ScriptSources.Way source = ScriptSources.Way.MEMORY;

    @Option(
            names = "--against",
            paramLabel = "URL",
            description = "Asks this Prometheus-compatible server every query too and compares its answers with the "
                    + "engine's. The server must hold what the script loads before its first eval (see "
                    + "--write-block) and have the features of scripts turned on; queries after a later load or "
                    + "clear are not asked. With one script only.")
    @Nullable
    URI against;

    @Option(
            names = "--write-block",
            paramLabel = "DIR",
            description = "Runs nothing: writes what the script loads before its first eval as a block in this "
                    + "directory, for a server to compare with. With one script only.")
    @Nullable
    Path blockDirectory;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Scripts.")
    List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if ((against != null || blockDirectory != null) && files.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "--against and --write-block take one script, got " + files.size());
        }
        try (var engine = new Engine(ScriptRunner.engineOptions());
                var sources = ScriptSources.open(source)) {
            boolean passed;
            if (blockDirectory != null) {
                passed = writeBlock(blockDirectory, engine, out);
            } else if (against != null) {
                passed = compare(against, engine, sources, out);
            } else {
                passed = run(new ScriptRunner(ScriptRunner.of(engine), sources), out);
            }
            out.flush();
            return passed ? 0 : 1;
        }
    }

    private boolean run(ScriptRunner runner, PrintWriter out) throws IOException {
        int passed = 0;
        int failed = 0;
        for (Path file : files) {
            ScriptReport report = runner.run(file.toString(), Files.readString(file));
            report.failures().forEach(out::println);
            passed += report.passed();
            failed += report.failed();
        }
        out.println(passed + " passed, " + failed + " failed");
        return failed == 0;
    }

    private boolean compare(URI url, Engine engine, ScriptSources sources, PrintWriter out) throws IOException {
        QueryRunner local = ScriptRunner.of(engine);
        var states = new States();
        try (var server = new AgainstServer(url, local)) {
            QueryRunner queries = (request, data) ->
                    states.count == 1 ? server.run(request, data) : states.leaveOut(local, request, data);
            var runner = new ScriptRunner(queries, series -> {
                states.count++;
                return sources.open(series);
            });
            boolean passed = run(runner, out);
            server.differences().forEach(out::println);
            out.println(server.asked() + " asked of " + url + ", "
                    + server.differences().size() + " differ, " + states.leftOut + " left out as the data had changed");
            return passed && server.differences().isEmpty();
        }
    }

    private boolean writeBlock(Path directory, Engine engine, PrintWriter out) throws IOException {
        var first = new ArrayList<LoadedSeries>();
        var states = new States();
        var runner = new ScriptRunner(ScriptRunner.of(engine), series -> {
            if (states.count++ == 0) {
                first.addAll(series);
            }
            return new MemorySource(series);
        });
        runner.run(files.getFirst().toString(), Files.readString(files.getFirst()));
        if (first.isEmpty()) {
            out.println("nothing to write: no data before the first eval of " + files.getFirst());
            return false;
        }
        Files.createDirectories(directory);
        try (var block = BlockScriptSource.write(directory, first)) {
            out.println("wrote " + block.name() + ", " + first.size() + " series");
        }
        return true;
    }

    /// The states of its data that a script has gone through.
    private static final class States {
        private int count;
        private int leftOut;

        private QueryResult leaveOut(QueryRunner local, QueryRequest request, SeriesSource data) {
            leftOut++;
            return local.run(request, data);
        }
    }
}
