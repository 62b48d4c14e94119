package io.meridian.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Other programs' compaction of the same blocks: what they merged is read from their logs, how long it took from
/// Prometheus' metrics and from Thanos' log. Only merging counts, no download, check or upload.
final class MergePeers {
    private static final int PORT = 21993;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final String METRIC = "prometheus_tsdb_compaction_duration_seconds_";

    private static final Pattern PROMETHEUS_MERGE =
            Pattern.compile("msg=\"compact blocks\".* ulid=(\\w+) .*sources=\"\\[([^]]*)]\"");
    private static final Pattern THANOS_MERGE =
            Pattern.compile("msg=\"compacted blocks\".*new=\\[?(\\w+).*duration_ms=(\\d+).*blocks=\"?\\[([^]]*)]");

    private final Path input;
    private final Path folder;
    private final double rate;
    /// Bytes of blocks by their identity; of merged ones, of all that went into them.
    private final Map<String, Long> sizes = new HashMap<>();

    private int merges;
    private long bytes;

    /// @param input  the blocks; stay as they are
    /// @param folder of this, emptied before and after
    /// @param rate   of Meridian's merge, in MB/s
    MergePeers(Path input, Path folder, double rate) {
        this.input = input;
        this.folder = folder;
        this.rate = rate;
    }

    /// @param program path of `prometheus` or `thanos`
    void run(Path program) throws IOException, InterruptedException {
        BlockWork.delete(folder);
        Path blocks = Files.createDirectories(folder.resolve("blocks"));
        try {
            link(blocks);
            boolean isThanos = String.valueOf(program.getFileName()).startsWith("thanos");
            double seconds = isThanos ? thanos(program, blocks) : prometheus(program, blocks);
            System.out.printf(
                    "| %s | %d | %.0f | %.1f | %.0f | %.1f |%n",
                    program.getFileName(),
                    merges,
                    bytes / 1e6,
                    seconds,
                    bytes / 1e6 / seconds,
                    rate / (bytes / 1e6 / seconds));
        } finally {
            BlockWork.delete(folder);
        }
    }

    private void link(Path blocks) throws IOException {
        try (var files = Files.walk(input)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = input.relativize(file);
                if (relative.getNameCount() > 1) {
                    Path target = blocks.resolve(relative.toString());
                    Files.createDirectories(target.getParent());
                    Files.createLink(target, file);
                    sizes.merge(String.valueOf(relative.getName(0)), Files.size(file), Long::sum);
                }
            }
        }
    }

    private void merged(String block, String sources) {
        long sum = 0;
        for (String source : sources.trim().split("\\s+")) {
            sum += sizes.getOrDefault(source.substring(source.lastIndexOf('/') + 1), 0L);
        }
        sizes.put(block, sum);
        bytes += sum;
        merges++;
    }

    private Process start(Path log, String... command) throws IOException {
        return new ProcessBuilder(Arrays.asList(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private double thanos(Path program, Path blocks) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        var process = start(
                log,
                program.toString(),
                "compact",
                "--data-dir=" + folder.resolve("data"),
                "--objstore.config={type: FILESYSTEM, config: {directory: \"" + blocks + "\"}}",
                "--consistency-delay=0s",
                "--downsampling.disable",
                "--http-address=127.0.0.1:" + PORT);
        try {
            process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly().waitFor();
        }
        double seconds = 0;
        for (String line : Files.readAllLines(log)) {
            var merge = THANOS_MERGE.matcher(line);
            if (merge.find()) {
                merged(merge.group(1), merge.group(3));
                seconds += Long.parseLong(merge.group(2)) / 1e3;
            }
        }
        return seconds;
    }

    /// It begins a minute after its start, and goes on until nothing is left to do.
    private double prometheus(Path program, Path blocks) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Path config = Files.writeString(folder.resolve("prometheus.yml"), "global: {scrape_interval: 1h}\n");
        var process = start(
                log,
                program.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + blocks,
                "--storage.tsdb.retention.time=50y",
                "--web.listen-address=127.0.0.1:" + PORT);
        double seconds = 0;
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/metrics"))
                    .build();
            Instant end = Instant.now().plus(LONGEST);
            Instant changed = Instant.now();
            double count = 0;
            while (process.isAlive()
                    && Instant.now().isBefore(end)
                    && (count == 0 || Instant.now().isBefore(changed.plus(QUIET)))) {
                process.waitFor(500, TimeUnit.MILLISECONDS);
                String metrics = body(client, request);
                double now = value(metrics, METRIC + "count");
                if (now > count) {
                    count = now;
                    changed = Instant.now();
                    seconds = value(metrics, METRIC + "sum");
                }
                if (isCompacting(blocks)) {
                    changed = Instant.now();
                }
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
        for (String line : Files.readAllLines(log)) {
            var merge = PROMETHEUS_MERGE.matcher(line);
            if (merge.find()) {
                merged(merge.group(1), merge.group(2));
            }
        }
        return seconds;
    }

    private static boolean isCompacting(Path blocks) throws IOException {
        try (var entries = Files.list(blocks)) {
            return entries.anyMatch(entry -> entry.toString().endsWith(".tmp-for-creation"));
        }
    }

    private static String body(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return ""; // not up yet
        }
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }
}
