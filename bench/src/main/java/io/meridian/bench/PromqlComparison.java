package io.meridian.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Range queries on two servers over the same block, in turn:
/// `PromqlComparison SET OURS_URL OURS_PID PEER_NAME PEER_URL PEER_PID`.
///
/// Prints wall and CPU milliseconds (medians of warm runs), peak memory, and the ratios.
public final class PromqlComparison {
    private static final int WARM_RUNS = 3;
    private static final int RUNS = 5;
    private static final double TICKS_PER_SECOND = 100;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private record Server(String name, String url, String pid) {}

    private record Cost(double wallMs, double cpuMs, int bytes) {}

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

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 6) {
            System.err.println("usage: PromqlComparison SET OURS_URL OURS_PID PEER_NAME PEER_URL PEER_PID");
            System.exit(2);
        }
        String set = arguments[0];
        var ours = new Server("meridian", arguments[1], arguments[2]);
        var peer = new Server(arguments[3], arguments[4], arguments[5]);
        System.out.printf(
                "%-26s %10s %10s %8s %10s %10s %8s %10s%n",
                "case", "ours ms", "peer ms", "×", "ours cpu", "peer cpu", "×", "bytes");
        double product = 1;
        double worst = Double.MAX_VALUE;
        String worstCase = "";
        Map<String, String> cases = cases(set);
        for (var entry : cases.entrySet()) {
            Cost we = measure(ours, set, entry.getValue());
            Cost they = measure(peer, set, entry.getValue());
            double ratio = they.wallMs() / we.wallMs();
            product *= ratio;
            if (ratio < worst) {
                worst = ratio;
                worstCase = entry.getKey();
            }
            System.out.printf(
                    "%-26s %10.1f %10.1f %8.2f %10.1f %10.1f %8.2f %10d%n",
                    entry.getKey(),
                    we.wallMs(),
                    they.wallMs(),
                    ratio,
                    we.cpuMs(),
                    they.cpuMs(),
                    they.cpuMs() / we.cpuMs(),
                    we.bytes());
        }
        System.out.printf("peak memory: meridian %d MB, %s %d MB%n", peakMb(ours), peer.name(), peakMb(peer));
        System.out.printf("geomean ×%.2f, worst ×%.2f (%s)%n", Math.pow(product, 1.0 / cases.size()), worst, worstCase);
    }

    private static Cost measure(Server server, String set, String query) throws IOException, InterruptedException {
        double end = BenchBlocks.END_MS / 1000.0 - 60.5;
        double start = set.equals("large") ? end - 22 * 3600 : end - 7200;
        int step = set.equals("large") ? 60 : 30;
        URI uri = URI.create("%s/api/v1/query_range?query=%s&start=%s&end=%s&step=%d"
                .formatted(server.url(), URLEncoder.encode(query, StandardCharsets.UTF_8), start, end, step));
        int bytes = 0;
        for (int i = 0; i < WARM_RUNS; i++) {
            bytes = ask(uri);
        }
        double[] wall = new double[RUNS];
        double cpuBefore = cpuMs(server);
        for (int i = 0; i < RUNS; i++) {
            long before = System.nanoTime();
            ask(uri);
            wall[i] = (System.nanoTime() - before) / 1e6;
        }
        double cpu = (cpuMs(server) - cpuBefore) / RUNS;
        Arrays.sort(wall);
        return new Cost(wall[RUNS / 2], Math.max(cpu, 1), bytes);
    }

    private static int ask(URI uri) throws IOException, InterruptedException {
        var response = HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(
                    uri + ": " + response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body().length;
    }

    private static double cpuMs(Server server) throws IOException {
        String stat = Files.readString(Path.of("/proc", server.pid(), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS_PER_SECOND;
    }

    private static long peakMb(Server server) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", server.pid(), "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return -1;
    }
}
