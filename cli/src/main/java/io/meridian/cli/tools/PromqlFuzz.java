package io.meridian.cli.tools;

import io.meridian.cli.script.BlockScriptSource;
import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.fuzz.RandomQueries;
import io.meridian.promql.fuzz.RandomSeries;
import io.meridian.promql.script.AgainstServer;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.promql.script.MemorySource;
import io.meridian.promql.script.ScriptRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `meridian tools promql fuzz`.
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = {
            "Random queries about random series, from a seed. Alone: prints the queries.",
            "With --write-block: writes the series as a block, for a server to serve. With --against: asks the engine and"
                    + " that server every query, prints what differs, and exits with 1 if anything does. The server"
                    + " needs promql-experimental-functions, for --extended promql-extended-range-selectors and"
                    + " use-start-timestamps, too."
        })
final class PromqlFuzz implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", description = "Of series and queries. Default: ${DEFAULT-VALUE}")
    long seed = 1;

    @Option(names = "--count", paramLabel = "N", description = "Number of queries. Default: ${DEFAULT-VALUE}")
    int count = 100;

    @Option(names = "--against", paramLabel = "URL", description = "A Prometheus-compatible server.")
    @Nullable
    URI against;

    @Option(names = "--write-block", paramLabel = "DIR", description = "Where to put the block.")
    @Nullable
    Path blockDirectory;

    @Option(names = "--queries-seed", paramLabel = "N", description = "Of the queries alone. Default: that of --seed")
    @Nullable
    Long queriesSeed;

    @Option(
            names = "--extended",
            description = "With start timestamps, anchored, smoothed, info() and start_timestamp().")
    boolean extended;

    private List<LoadedSeries> series() {
        return extended ? RandomSeries.extended(seed) : RandomSeries.of(seed);
    }

    private RandomQueries queries(long forQueries) {
        return extended ? RandomQueries.extended(forQueries) : new RandomQueries(forQueries);
    }

    private Set<Feature> features() {
        return extended
                ? Set.of(
                        Feature.PROMQL_EXPERIMENTAL_FUNCTIONS,
                        Feature.PROMQL_EXTENDED_RANGE_SELECTORS,
                        Feature.USE_START_TIMESTAMPS)
                : Set.of(Feature.PROMQL_EXPERIMENTAL_FUNCTIONS);
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int status = 0;
        long forQueries = queriesSeed == null ? seed : queriesSeed;
        if (blockDirectory != null) {
            List<LoadedSeries> series = series();
            Files.createDirectories(blockDirectory);
            try (var block = BlockScriptSource.write(blockDirectory, series)) {
                out.println("wrote " + block.name() + ", " + series.size() + " series");
            }
        } else if (against != null) {
            status = compare(against, forQueries, out) ? 0 : 1;
        } else {
            RandomQueries queries = queries(forQueries);
            for (int i = 0; i < count; i++) {
                out.println(queries.next());
            }
        }
        out.flush();
        return status;
    }

    private boolean compare(URI url, long forQueries, PrintWriter out) {
        var options = EngineOptions.DEFAULT.withFeatures(features());
        var source = new MemorySource(series());
        RandomQueries queries = queries(forQueries);
        var random = new SplittableRandom(forQueries);
        try (var engine = new Engine(options);
                var server = new AgainstServer(url, ScriptRunner.of(engine))) {
            for (int i = 0; i < count; i++) {
                QueryRequest request = request(queries.next(), random);
                compare(server, request, source);
            }
            server.differences().forEach(out::println);
            out.println(server.asked() + " asked of " + url + ", "
                    + server.differences().size() + " differ (seed " + seed + ", queries " + forQueries + ")");
            return server.differences().isEmpty();
        }
    }

    /// A failure of the engine is compared, too.
    private static void compare(AgainstServer server, QueryRequest request, MemorySource source) {
        try {
            server.run(request, source);
        } catch (QueryException e) {
            if (e.fault() != Fault.EVALUATION && e.fault() != Fault.BAD_QUERY) {
                throw e;
            }
        }
    }

    private static QueryRequest request(String text, SplittableRandom random) {
        long startMs = RandomSeries.START_MS + 1000L * random.nextInt(-300, 4000);
        return random.nextBoolean()
                ? QueryRequest.instant(text, startMs)
                : QueryRequest.range(
                        text, startMs, startMs + 1000L * random.nextInt(1, 1200), 1000L * random.nextInt(7, 120));
    }
}
