package io.meridian.cli.tools;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SeriesSource;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.model.json.JsonWriter;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.explain.Estimator;
import io.meridian.promql.explain.Explanation;
import io.meridian.promql.script.QueryForm;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools promql explain`.
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Prints how a query would be carried out: operators as a tree, selectors with their matchers and times.",
            "With a querier (--url) or blocks (--block) also how many series and samples they would read."
        })
final class PromqlExplain implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--analyze",
            description =
                    "Carries the query out and adds what was read, series and time of each operator. Needs --url or"
                            + " --block.")
    boolean analyze;

    @Option(names = "--json", description = "Prints JSON instead of text.")
    boolean json;

    @Option(names = "--url", paramLabel = "URL", description = "A querier, for example http://localhost:10902.")
    @Nullable
    URI url;

    @Option(names = "--block", paramLabel = "DIR", description = "A block directory; may be given more than once.")
    List<Path> directories = new ArrayList<>();

    @Option(names = "--time", paramLabel = "TIME", description = "Seconds since 1970 or RFC 3339. Default: now")
    String time = "";

    @Option(names = "--start", paramLabel = "TIME", description = "First step of a range query.")
    String start = "";

    @Option(names = "--end", paramLabel = "TIME", description = "Last step of a range query. Default: now")
    String end = "";

    @Option(names = "--step", paramLabel = "SECONDS", description = "Distance of steps. Default: ${DEFAULT-VALUE}")
    BigDecimal step = BigDecimal.valueOf(60);

    @Parameters(paramLabel = "QUERY", description = "PromQL.")
    String query = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (analyze && url == null && directories.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--analyze needs data: --url or --block");
        }
        try {
            out.print(url == null ? local() : remote(url));
        } catch (QueryException e) {
            out.println("error: " + e.getMessage());
            out.flush();
            return 1;
        }
        out.flush();
        return 0;
    }

    private QueryRequest request() {
        if (start.isEmpty()) {
            return QueryRequest.instant(query, milliseconds("--time", time));
        }
        long stepMs = step.movePointRight(3).longValue();
        return QueryRequest.range(query, milliseconds("--start", start), milliseconds("--end", end), stepMs);
    }

    private long milliseconds(String flag, String text) {
        if (text.isEmpty()) {
            return System.currentTimeMillis();
        }
        try {
            return new BigDecimal(text).movePointRight(3).longValue();
        } catch (NumberFormatException notSeconds) {
            try {
                return Instant.parse(text).toEpochMilli();
            } catch (DateTimeParseException e) {
                throw new ParameterException(
                        spec.commandLine(), flag + ": expected seconds or an RFC 3339 time, got " + text, e);
            }
        }
    }

    private String local() throws IOException {
        var blocks = new ArrayList<Block>();
        try (var engine = new Engine(EngineOptions.DEFAULT)) {
            for (Path directory : directories) {
                LocalBlock block = LocalBlock.of(spec, directory);
                blocks.add(BlockFiles.open(block.bucket(), block.id()));
            }
            List<Member> members = blocks.stream().map(Member::local).toList();
            SeriesSource source = new FanoutSource("blocks", () -> members, Duration.ZERO);
            QueryContext context = QueryContext.unlimited();
            Estimator estimator = blocks.isEmpty() ? Estimator.NONE : Estimator.of(source, context);
            Explanation explanation = analyze
                    ? engine.analyze(request(), source, context, estimator).explanation()
                    : engine.explain(request(), estimator);
            return json ? JsonWriter.indented(explanation.toJson()) + "\n" : explanation.toText();
        } finally {
            blocks.forEach(Block::close);
        }
    }

    private String remote(URI server) throws IOException, InterruptedException {
        Map<String, String> form = QueryForm.fields(request());
        form.put("analyze", String.valueOf(analyze));
        URI address = URI.create(server.toString().replaceFirst("/+$", "") + "/api/v1/query_explain");
        try (var client = HttpClient.newHttpClient()) {
            var post = HttpRequest.newBuilder(address)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(QueryForm.encode(form)))
                    .build();
            String answer =
                    client.send(post, HttpResponse.BodyHandlers.ofString()).body();
            Map<String, @Nullable Object> envelope = Json.parseObject(answer);
            if (!"success".equals(envelope.get("status"))) {
                throw new QueryException(Fault.BAD_QUERY, String.valueOf(envelope.get("error")));
            }
            Map<String, @Nullable Object> data = Json.asObject(envelope.get("data"), "data");
            Object totals = data.get("totals");
            return json
                    ? JsonWriter.indented(data) + "\n"
                    : data.get("text") + (totals == null ? "" : "total: " + JsonWriter.compact(totals) + "\n");
        } catch (ConnectException e) {
            throw new IOException("cannot connect to " + server, e);
        } catch (JsonException e) {
            throw new IOException(address + " does not answer as the querier's API: " + e.getMessage(), e);
        }
    }
}
