package io.meridian.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Range queries on several servers over the same samples, in turn: `PromqlComparison SET ENCODING CASE SERVER…`, each
/// server as `NAME=URL[=PID]`, the first one ours.
///
/// Costs are those of one warm query. CPU time is that of the server's process alone, and says more than wall time
/// where the machine is shared.
public final class PromqlComparison {
    private static final int RUNS_MAX = 40;
    private static final long WARM_NANOS = 1_500_000_000L;
    private static final long MEASURED_NANOS = 1_500_000_000L;

    private final String set;
    private final PlainClient client;
    private final List<Server> servers;
    private final int runsMin;
    private final Map<String, Double> peaksMb = new LinkedHashMap<>();

    private PromqlComparison(String set, String encoding, List<Server> servers) {
        this.set = set;
        this.client = new PlainClient(encoding);
        this.servers = servers;
        // Queries of `large` take seconds, so that compilers have their time within a few.
        this.runsMin = set.equals("large") ? 3 : 5;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 4) {
            System.err.println("usage: PromqlComparison SET identity|gzip CASE NAME=URL[=PID]…");
            System.exit(2);
        }
        var servers = Arrays.stream(arguments).skip(3).map(Server::parse).toList();
        try {
            var queries = RangeQuery.of(arguments[0], arguments[2]);
            new PromqlComparison(arguments[0], arguments[1], servers).compare(queries);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private void compare(List<RangeQuery> queries) throws IOException {
        System.out.println(set + ", " + Machine.description());
        for (Server server : servers) {
            System.out.println(server.description());
        }
        // A warm process: what one case leaves to the compilers must not be paid by the next one.
        var answering = new LinkedHashMap<RangeQuery, List<Server>>();
        for (RangeQuery query : queries) {
            var able = new ArrayList<Server>();
            for (Server server : servers) {
                if (warmUp(server, query, WARM_NANOS)) {
                    able.add(server);
                }
            }
            answering.put(query, able);
        }
        var costs = new LinkedHashMap<String, List<@Nullable QueryCost>>();
        for (var entry : answering.entrySet()) {
            RangeQuery query = entry.getKey();
            var row = new ArrayList<@Nullable QueryCost>();
            for (Server server : servers) {
                row.add(entry.getValue().contains(server) ? measure(server, query) : null);
            }
            costs.put(query.name(), row);
            System.err.println(query.name());
        }
        System.out.println();
        System.out.print(QueryCost.table(servers.stream().map(Server::name).toList(), costs));
        peaksMb.forEach((name, mb) -> System.out.printf("peak memory over all: %s %.0f MB%n", name, mb));
    }

    private static URI uri(Server server, RangeQuery query) {
        return URI.create("%s/api/v1/query_range?query=%s&start=%s&end=%s&step=%s&stats=true&nocache=1"
                .formatted(
                        server.url(),
                        URLEncoder.encode(query.text(), StandardCharsets.UTF_8),
                        query.startMs() / 1000.0,
                        query.endMs() / 1000.0,
                        query.stepMs() / 1000.0));
    }

    /// Whether it answers at all.
    private boolean warmUp(Server server, RangeQuery query, long nanos) throws IOException {
        URI uri = uri(server, query);
        long end = System.nanoTime() + nanos;
        for (int i = 0; i < runsMin / 2 || i < RUNS_MAX && System.nanoTime() < end; i++) {
            try {
                if (client.get(uri).empty()) {
                    System.err.println(server.name() + " has nothing for " + query.name());
                    return false;
                }
            } catch (IOException e) {
                System.err.println(server.name() + " fails in " + query.name() + ": " + e.getMessage());
                return false;
            }
        }
        return true;
    }

    private QueryCost measure(Server server, RangeQuery query) throws IOException {
        URI uri = uri(server, query);
        peaksMb.merge(server.name(), server.peakMb(), Math::max);
        server.forgetPeak();
        warmUp(server, query, 0);
        var wall = new double[RUNS_MAX];
        var engine = new double[RUNS_MAX];
        long bytes = 0;
        int runs = 0;
        double allocatedBefore = server.allocatedBytes();
        double cpuBefore = server.cpuMs();
        long end = System.nanoTime() + MEASURED_NANOS;
        while (runs < runsMin || runs < RUNS_MAX && System.nanoTime() < end) {
            long before = System.nanoTime();
            PlainClient.Answer answer = client.get(uri);
            wall[runs] = (System.nanoTime() - before) / 1e6;
            engine[runs++] = answer.engineMs();
            bytes = answer.bytes();
        }
        double cpuMs = (server.cpuMs() - cpuBefore) / runs;
        double allocated = (server.allocatedBytes() - allocatedBefore) / runs;
        double peakMb = server.peakMb();
        peaksMb.merge(server.name(), peakMb, Math::max);
        return new QueryCost(median(wall, runs), median(engine, runs), cpuMs, allocated / 1e6, peakMb, bytes / 1e6);
    }

    private static double median(double[] values, int count) {
        Arrays.sort(values, 0, count);
        return values[count / 2];
    }
}
