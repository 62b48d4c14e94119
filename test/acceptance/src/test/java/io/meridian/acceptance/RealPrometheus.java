package io.meridian.acceptance;

import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.QueryClient;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A real Prometheus (Debian's package, or one named by `MERIDIAN_PEERS`) with external labels, history and scraping.
final class RealPrometheus implements AutoCloseable {
    /// Distance of the samples of the history.
    static final long HISTORY_STEP_MS = 300_000;

    private static final long RECENT_MS = 8 * 86_400_000L;

    private final Path directory;
    private final String replica;
    private final int port;
    private final ChildProcess process;

    private RealPrometheus(Path directory, String replica, int port, ChildProcess process) {
        this.directory = directory;
        this.replica = replica;
        this.port = port;
        this.process = process;
    }

    /// How one is set up.
    ///
    /// @param program       path of the server
    /// @param promtool      path of its tool, of the same version
    /// @param targets       `job=host:port`, scraped every second
    /// @param historyEndMs  end of the history that it has from the beginning
    /// @param blockDuration of the blocks that it cuts from what it scrapes
    /// @param more          further arguments
    record Settings(
            String program,
            String promtool,
            List<String> targets,
            long historyStartMs,
            long historyEndMs,
            String blockDuration,
            List<String> more) {}

    /// Starts a server with history in `directory`.
    ///
    /// @param replica one of its external labels; if empty, it has none at all
    static RealPrometheus start(Path directory, String replica, int port, Settings settings)
            throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        Files.createDirectories(data);
        if (settings.historyStartMs() < settings.historyEndMs()) {
            backfill(directory, replica, settings);
        }
        Path config = directory.resolve("prometheus.yml");
        var scrapes = new StringBuilder();
        for (String target : settings.targets()) {
            String job = target.substring(0, target.indexOf('='));
            String address = target.substring(target.indexOf('=') + 1);
            scrapes.append("  - {job_name: %s, static_configs: [{targets: ['%s']}]}%n".formatted(job, address));
        }
        Files.writeString(config, """
                global: {scrape_interval: 1s, external_labels: {%s}}
                scrape_configs:
                %s""".formatted(replica.isEmpty() ? "" : "region: eu, replica: " + replica, scrapes));
        var command = new ArrayList<>(List.of(
                settings.program(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + data,
                "--storage.tsdb.retention.time=50y",
                "--storage.tsdb.min-block-duration=" + settings.blockDuration(),
                "--storage.tsdb.max-block-duration=" + settings.blockDuration(),
                "--web.enable-admin-api",
                "--web.listen-address=127.0.0.1:" + port));
        command.addAll(settings.more());
        var process = ChildProcess.start("prometheus " + replica, command, directory.resolve("prometheus.log"));
        var server = new RealPrometheus(directory, replica, port, process);
        process.awaitReady(server.url() + "/-/ready", Duration.ofSeconds(60));
        return server;
    }

    /// Blocks of 2 h for the last days, of 6 h before, as promtool reads its whole text once per block.
    private static void backfill(Path directory, String replica, Settings settings)
            throws IOException, InterruptedException {
        long recentMs = Math.max(settings.historyStartMs(), settings.historyEndMs() - RECENT_MS);
        backfill(directory, replica, settings.promtool(), settings.historyStartMs(), recentMs, "6h");
        backfill(directory, replica, settings.promtool(), recentMs, settings.historyEndMs(), "2h");
    }

    /// Blocks from text: counters with resets and gauges, the same values in each replica at times of its own, with
    /// scrapes missing here and there in one replica only.
    private static void backfill(
            Path directory, String replica, String promtool, long startMs, long endMs, String blockDuration)
            throws IOException, InterruptedException {
        if (startMs == endMs) {
            return;
        }
        Path text = directory.resolve("history.om");
        long offsetMs = replica.equals("a") ? 17_123 : 24_456;
        try (BufferedWriter out = Files.newBufferedWriter(text)) {
            out.write("# TYPE shop_orders counter\n");
            for (int i = 0; i < 6; i++) {
                for (long t = startMs; t < endMs; t += HISTORY_STEP_MS) {
                    if (misses(replica, i, t)) {
                        continue;
                    }
                    long slot = t / HISTORY_STEP_MS;
                    long value = (slot % (500 + 37L * i)) * (3 + i);
                    out.write("shop_orders_total{shop=\"%d\",kind=\"%s\"} %d %.3f%n"
                            .formatted(i / 2, i % 2 == 0 ? "web" : "phone", value, (t + offsetMs) / 1000.0));
                }
            }
            out.write("# TYPE shop_stock gauge\n");
            for (int i = 0; i < 6; i++) {
                for (long t = startMs; t < endMs; t += HISTORY_STEP_MS) {
                    if (misses(replica, i, t)) {
                        continue;
                    }
                    long slot = t / HISTORY_STEP_MS;
                    double value = 100 + 50 * Math.sin(slot / 40.0 + i) + (slot * 7919 % 13);
                    out.write("shop_stock{shop=\"%d\",item=\"%s\"} %.4f %.3f%n"
                            .formatted(i / 2, i % 2 == 0 ? "tea" : "milk", value, (t + offsetMs) / 1000.0));
                }
            }
            out.write("# EOF\n");
        }
        var process = ChildProcess.start(
                "promtool",
                List.of(
                        promtool,
                        "tsdb",
                        "create-blocks-from",
                        "openmetrics",
                        "--quiet",
                        "--max-block-duration=" + blockDuration,
                        text.toString(),
                        directory.resolve("data").toString()),
                directory.resolve("promtool.log"));
        if (process.await(Duration.ofMinutes(5)) != 0) {
            throw new IllegalStateException("promtool failed:\n" + process.output());
        }
        Files.delete(text);
    }

    /// Whether this replica missed a scrape of the history: a single one each day, at another hour in each replica.
    static boolean misses(String replica, int series, long slotMs) {
        long slot = slotMs / HISTORY_STEP_MS;
        return slot % 288 == (replica.equals("a") ? 100 : 200) + series;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    String replica() {
        return replica;
    }

    Path data() {
        return directory.resolve("data");
    }

    QueryClient client() {
        return new QueryClient(url());
    }

    /// Finished blocks that stand in the data directory.
    List<Path> blocks() throws IOException {
        var blocks = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(data())) {
            for (Path entry : entries) {
                if (entry.getFileName().toString().length() == 26 && Files.exists(entry.resolve("meta.json"))) {
                    blocks.add(entry);
                }
            }
        }
        return blocks;
    }

    @Override
    public void close() {
        process.close();
    }
}
