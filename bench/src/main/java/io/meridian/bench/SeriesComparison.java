package io.meridian.bench;

import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.GrpcClients;
import io.meridian.proto.store.StoreClient;
import io.meridian.server.grpc.Tls;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// One Series call for everything, on several StoreAPI servers over the same data, in turn:
/// `SeriesComparison NAME=HOST:PORT=PID…`, the first one ours.
///
/// Prints series and megabytes of chunks per second, CPU per call of the server and of this client, and the server's
/// peak memory; medians of warm runs. Many runs come before those, until compilers have little left to do.
public final class SeriesComparison {
    private static final int WARM_RUNS = 80;
    private static final int RUNS = 21;
    private static final double MS_PER_TICK = 10;
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private record Server(String name, StoreClient client, String pid) {}

    private record Answer(long series, long bytes) {}

    private record Cost(
            double seriesPerSecond,
            double megabytesPerSecond,
            double cpuMs,
            double clientCpuMs,
            double peakMegabytes) {}

    private SeriesComparison() {}

    /// Measures and prints.
    public static void main(String[] arguments) throws IOException {
        Vertx vertx = Vertx.vertx();
        var grpc = GrpcClients.create(vertx, Tls.plainClientOptions());
        var info = new EndpointInfo(
                "", List.of(), new EndpointInfo.StoreInfo(everything(), List.of(), true, true, true), false);
        var servers = new ArrayList<Server>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", -1);
            var client = new StoreClient(Endpoint.of(grpc, parts[1]), () -> info, Duration.ofMinutes(1));
            servers.add(new Server(parts[0], client, parts[2]));
        }
        System.out.printf(
                "%-12s %12s %10s %10s %14s %12s%n", "", "series/s", "MB/s", "CPU ms", "client CPU ms", "peak MB");
        var costs = new ArrayList<Cost>();
        for (Server server : servers) {
            Cost cost = measure(server);
            costs.add(cost);
            System.out.printf(
                    "%-12s %12.0f %10.1f %10.0f %14.0f %12.0f%n",
                    server.name(),
                    cost.seriesPerSecond(),
                    cost.megabytesPerSecond(),
                    cost.cpuMs(),
                    cost.clientCpuMs(),
                    cost.peakMegabytes());
        }
        Cost ours = costs.getFirst();
        for (int i = 1; i < costs.size(); i++) {
            Cost peer = costs.get(i);
            System.out.printf(
                    "against %s: rate ×%.2f, CPU ×%.2f, memory ×%.2f%n",
                    servers.get(i).name(),
                    ours.seriesPerSecond() / peer.seriesPerSecond(),
                    peer.cpuMs() / ours.cpuMs(),
                    peer.peakMegabytes() / ours.peakMegabytes());
        }
        vertx.close();
    }

    private static TimeRange everything() {
        return new TimeRange(BenchBlocks.END_MS - 6 * 3_600_000L, BenchBlocks.END_MS);
    }

    private static Cost measure(Server server) throws IOException {
        for (int i = 0; i < WARM_RUNS; i++) {
            ask(server);
        }
        var seconds = new double[RUNS];
        Answer answer = new Answer(0, 0);
        String client = Long.toString(ProcessHandle.current().pid());
        double before = cpuMs(server.pid());
        double clientBefore = cpuMs(client);
        for (int i = 0; i < RUNS; i++) {
            long began = System.nanoTime();
            answer = ask(server);
            seconds[i] = (System.nanoTime() - began) / 1e9;
        }
        double cpu = (cpuMs(server.pid()) - before) / RUNS;
        double clientCpu = (cpuMs(client) - clientBefore) / RUNS;
        Arrays.sort(seconds);
        double median = seconds[RUNS / 2];
        return new Cost(
                answer.series() / median, answer.bytes() / 1e6 / median, cpu, clientCpu, peakMegabytes(server.pid()));
    }

    private static Answer ask(Server server) {
        var selection =
                new Selection(List.of(LabelMatcher.of(LabelMatcher.Type.REGEX, "__name__", ".+")), everything());
        long series = 0;
        long bytes = 0;
        try (var set = server.client().select(selection, QueryContext.unlimited())) {
            while (set.next() instanceof ChunkSeries one) {
                series++;
                for (Chunk chunk : one.chunks()) {
                    bytes += chunk instanceof EncodedChunk encoded ? encoded.length() : 0;
                }
            }
        }
        return new Answer(series, bytes);
    }

    private static double cpuMs(String pid) throws IOException {
        String[] fields = SPACE.split(Files.readString(Path.of("/proc", pid, "stat")));
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * MS_PER_TICK;
    }

    private static double peakMegabytes(String pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(SPACE.split(line)[1]) / 1024.0;
            }
        }
        return Double.NaN;
    }
}
