package io.meridian.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Range queries on two servers over the same block, in turn:
/// `PromqlComparison SET OURS_URL OURS_PID PEER_NAME PEER_URL PEER_PID [identity|gzip [CASE_PATTERN]]`.
///
/// Prints wall time, CPU time and allocation of one warm query, peak memory, and the ratios. CPU time is that of the
/// server's process alone, and says more than wall time where the machine is shared. The client asks for plain text
/// unless told `gzip`.
public final class PromqlComparison {
    private static final int RUNS_MIN = 5;
    private static final int RUNS_MAX = 40;

    /// Of a case that takes seconds; its kernels are compiled while it runs.
    private static final int WARM_RUNS_MIN = 2;

    private static final long WARM_NANOS = 2_000_000_000L;
    private static final long MEASURED_NANOS = 2_000_000_000L;

    /// Of one query: median wall time; CPU time and bytes allocated on average.
    private record Cost(double wallMs, double cpuMs, double allocatedBytes, long bytes) {}

    private PromqlComparison() {}

    private static Map<String, String> cases(String set) {
        var cases = new LinkedHashMap<String, String>();
        if (set.equals("large")) {
            cases.put("sum by (job) (rate[5m])", "sum by (job) (rate(x[5m]))");
            cases.put("sum", "sum(x)");
            cases.put("sum by (job)", "sum by (job) (x)");
            cases.put("topk", "topk(5, x)");
            cases.put("avg_over_time[1h]", "sum(avg_over_time(x[1h]))");
            cases.put("quantile", "quantile(0.9, x)");
            return cases;
        }
        cases.put("selector", "memory_bytes");
        cases.put("sum", "sum(memory_bytes)");
        cases.put("sum by (pod)", "sum by (pod) (memory_bytes)");
        cases.put("topk", "topk(2, memory_bytes)");
        cases.put("unary minus", "-memory_bytes");
        cases.put("rate", "rate(requests_total[1m])");
        cases.put("sum rate", "sum(rate(requests_total[1m]))");
        cases.put("sum by rate", "sum by (pod) (rate(requests_total[1m]))");
        cases.put("quantile, varying", "quantile by (pod) (scalar(vector(0.1) + time() % 600 / 1000), memory_bytes)");
        cases.put("binary 1:1", "memory_bytes / requests_total");
        cases.put("binary many:1", "memory_bytes / on (pod) group_left sum by (pod) (memory_bytes)");
        cases.put("vector * scalar", "memory_bytes * 10");
        cases.put("compare", "memory_bytes > 50000000");
        cases.put("clamp", "clamp(memory_bytes, 10000000, 60000000)");
        cases.put("nested functions", "clamp(1 - round(memory_bytes), 10 - 5, 10)");
        cases.put(
                "histogram_quantile", "histogram_quantile(0.9, sum by (le, pod) (rate(duration_seconds_bucket[1m])))");
        cases.put("sort", "sort(memory_bytes)");
        cases.put("avg_over_time[1h]", "avg_over_time(memory_bytes[1h])");
        cases.put("subquery", "max_over_time(sum(rate(requests_total[5m]))[1h:1m])");
        cases.put("native selector", "latency_seconds");
        cases.put("native rate", "rate(latency_seconds[1m])");
        cases.put("native sum", "sum(rate(latency_seconds[1m]))");
        cases.put("native quantile", "histogram_quantile(0.9, sum(rate(latency_seconds[1m])))");
        return cases;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 6) {
            System.err.println(
                    "usage: PromqlComparison SET OURS_URL OURS_PID PEER_NAME PEER_URL PEER_PID [identity|gzip [CASE]]");
            System.exit(2);
        }
        String set = arguments[0];
        var ours = new Server("meridian", arguments[1], arguments[2]);
        var peer = new Server(arguments[3], arguments[4], arguments[5]);
        var client = new PlainClient(arguments.length > 6 ? arguments[6] : "identity");
        Map<String, String> cases = cases(set);
        if (arguments.length > 7) {
            String known = String.join("; ", cases.keySet());
            var wanted = Pattern.compile(arguments[7]);
            cases.keySet().removeIf(name -> !wanted.matcher(name).find());
            if (cases.isEmpty()) {
                System.err.println("--case " + wanted + " fits no case of the set " + set + ": " + known);
                System.exit(1);
            }
        }
        System.out.println("| case | " + ours.name() + " ms | " + peer.name() + " ms | × | CPU ms | CPU ms | × |"
                + " MB allocated | MB allocated | × | MB of answer |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        var wall = new Ratios();
        var cpu = new Ratios();
        var allocation = new Ratios();
        // A warm process: what one case leaves to the compilers must not be paid by the next one.
        for (String query : cases.values()) {
            warmUp(client, uri(ours, set, query));
            warmUp(client, uri(peer, set, query));
        }
        for (var entry : cases.entrySet()) {
            URI we = uri(ours, set, entry.getValue());
            URI they = uri(peer, set, entry.getValue());
            warmUp(client, we);
            warmUp(client, they);
            Cost our = measure(client, ours, we);
            Cost their = measure(client, peer, they);
            String name = entry.getKey();
            System.out.printf(
                    "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f | %.1f |%n",
                    name,
                    our.wallMs(),
                    their.wallMs(),
                    wall.add(name, their.wallMs() / our.wallMs()),
                    our.cpuMs(),
                    their.cpuMs(),
                    cpu.add(name, their.cpuMs() / our.cpuMs()),
                    our.allocatedBytes() / 1e6,
                    their.allocatedBytes() / 1e6,
                    allocation.add(name, their.allocatedBytes() / our.allocatedBytes()),
                    our.bytes() / 1e6);
        }
        System.out.printf("peak memory: meridian %d MB, %s %d MB%n", ours.peakMb(), peer.name(), peer.peakMb());
        System.out.println("CPU: " + cpu);
        System.out.println("allocation: " + allocation);
        System.out.println(wall);
    }

    private static URI uri(Server server, String set, String query) {
        double end = BenchBlocks.END_MS / 1000.0 - 60.5;
        double start = set.equals("large") ? end - 22 * 3600 : end - 7200;
        int step = set.equals("large") ? 60 : 30;
        return URI.create("%s/api/v1/query_range?query=%s&start=%s&end=%s&step=%d"
                .formatted(server.url(), URLEncoder.encode(query, StandardCharsets.UTF_8), start, end, step));
    }

    private static void warmUp(PlainClient client, URI uri) throws IOException {
        long end = System.nanoTime() + WARM_NANOS;
        for (int i = 0; System.nanoTime() < end && i < RUNS_MAX || i < WARM_RUNS_MIN; i++) {
            client.get(uri);
        }
    }

    private static Cost measure(PlainClient client, Server server, URI uri) throws IOException {
        long bytes = 0;
        var wall = new double[RUNS_MAX];
        int runs = 0;
        double allocatedBefore = server.allocatedBytes();
        double cpuBefore = server.cpuMs();
        long end = System.nanoTime() + MEASURED_NANOS;
        while (runs < RUNS_MIN || runs < RUNS_MAX && System.nanoTime() < end) {
            long before = System.nanoTime();
            bytes = client.get(uri);
            wall[runs++] = (System.nanoTime() - before) / 1e6;
        }
        double cpu = (server.cpuMs() - cpuBefore) / runs;
        double allocated = (server.allocatedBytes() - allocatedBefore) / runs;
        Arrays.sort(wall, 0, runs);
        return new Cost(wall[runs / 2], Math.max(cpu, 10.0 / runs), allocated, bytes);
    }

    /// Ratios over all cases, and their mean.
    private static final class Ratios {
        private double product = 1;
        private int count;
        private double worst = Double.MAX_VALUE;
        private String worstCase = "";

        double add(String name, double ratio) {
            product *= ratio;
            count++;
            if (ratio < worst) {
                worst = ratio;
                worstCase = name;
            }
            return ratio;
        }

        @Override
        public String toString() {
            return "geomean ×%.2f, worst ×%.2f (%s)".formatted(Math.pow(product, 1.0 / count), worst, worstCase);
        }
    }
}
