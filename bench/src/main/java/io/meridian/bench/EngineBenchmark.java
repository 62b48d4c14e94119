package io.meridian.bench;

import static java.util.Objects.requireNonNull;

import io.meridian.model.QueryContext;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;
import io.meridian.tsdb.block.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// The engine alone on a mapped block, without HTTP and without other processes, on all CPUs that the process may use.
/// `EngineBenchmark SET DIRECTORY CASE` runs it for each case and prints time, allocation and samples per second.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark {
    @Param("small")
    public String set = "";

    @Param("")
    public String directory = "";

    @Param("sum")
    public String query = "";

    private final Engine engine = new Engine(EngineOptions.DEFAULT);
    private QueryRequest request = QueryRequest.instant("1", 0);
    private @Nullable Block block;

    @Setup(Level.Trial)
    public void open() throws IOException {
        RangeQuery wanted = RangeQuery.of(set, "^" + Pattern.quote(query) + "$").getFirst();
        request = QueryRequest.range(wanted.text(), wanted.startMs(), wanted.endMs(), wanted.stepMs());
        block = BenchBlocks.open(Path.of(directory));
    }

    @TearDown(Level.Trial)
    public void close() {
        requireNonNull(block).close();
        engine.close();
    }

    @Benchmark
    public QueryResult query() {
        try (var context = QueryContext.unlimited()) {
            return engine.query(request, requireNonNull(block), context);
        }
    }

    public static void main(String[] arguments) throws IOException, RunnerException {
        if (arguments.length != 3) {
            System.err.println("usage: EngineBenchmark SET DIRECTORY CASE");
            System.exit(2);
        }
        List<RangeQuery> queries;
        try {
            queries = RangeQuery.of(arguments[0], arguments[2]);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        System.out.printf(
                "%s, %s, %d threads, JDK %s%n",
                arguments[0], Machine.description(), EngineOptions.DEFAULT.threads(), Runtime.version());
        System.out.println("| case | ns/op | ± | bytes allocated/op | M samples/s |\n|---|---|---|---|---|");
        for (RangeQuery query : queries) {
            var options = new OptionsBuilder()
                    .include("^" + Pattern.quote(EngineBenchmark.class.getName()) + "\\.query$")
                    .param("set", arguments[0])
                    .param("directory", arguments[1])
                    .param("query", query.name())
                    .addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build();
            RunResult run = new Runner(options).runSingle();
            Result<?> time = run.getPrimaryResult();
            Result<?> allocation = run.getSecondaryResults().get("gc.alloc.rate.norm");
            System.out.printf(
                    "| %s | %,.0f | %,.0f | %,.0f | %.0f |%n",
                    query.name(),
                    time.getScore(),
                    time.getScoreError(),
                    allocation == null ? Double.NaN : allocation.getScore(),
                    samplesRead(arguments[0], arguments[1], query) * 1e3 / time.getScore());
        }
    }

    /// Samples that the steps look at, each counted once.
    private static long samplesRead(String set, String directory, RangeQuery query) throws IOException {
        var benchmark = new EngineBenchmark();
        benchmark.set = set;
        benchmark.directory = directory;
        benchmark.query = query.name();
        benchmark.open();
        try {
            return benchmark.query().stats().samplesRead();
        } finally {
            benchmark.close();
        }
    }
}
