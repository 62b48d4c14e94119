package io.meridian.cli.demo;

import io.meridian.cli.Assembly;
import io.meridian.compactor.CompactorStatus;
import io.meridian.model.Labels;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.WebFlags;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The demo from its data to its page.
final class Demo {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final long SEED = 20_260_829;
    /// What a replica keeps itself, as a Prometheus with short retention would.
    private static final long LOCAL_MS = 6 * 3_600_000L;
    /// A block is written this long after its end, as Prometheus does.
    private static final long BLOCK_DELAY_MS = 3_600_000;

    /// Older blocks were compacted by the Prometheus that the demo plays, before the sidecar was put beside it.
    private static final long UNCOMPACTED_MS = 2 * Signal.DAY_MS;

    private static final long POLL_MS = 100;
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(10);
    private static final List<String> TRY = List.of(
            "sum by (region) (rate(http_requests_total[5m]))",
            "histogram_quantile(0.99, sum by (region, le) (rate(http_request_duration_seconds_bucket[5m])))",
            "count by (region, job) (up == 1)");

    private final Service service;
    private final Path directory;
    private final Clock clock;
    private final PrintWriter out;
    private final long startMs;
    private final List<List<DemoReplica>> regions = new ArrayList<>();
    private final List<DemoReplica> replicas = new ArrayList<>();
    private String url = "";

    /// @param directory holds everything; where it has data from an earlier run, those go on
    /// @param days      of data, if there are none yet
    Demo(Service service, Path directory, int days, Clock clock, PrintWriter out) throws IOException {
        this.service = service;
        this.directory = directory;
        this.clock = clock;
        this.out = out;
        this.startMs = rememberedStart(days);
        for (String region : List.of("eu", "us")) {
            var fleet = new Fleet(SEED, region);
            var own = new ArrayList<DemoReplica>();
            for (String name : List.of("a", "b")) {
                var replica = new Replica(
                        Labels.of("region", region, "replica", name), fleet, new Scraper(SEED, region, name));
                own.add(new DemoReplica(
                        replica, directory.resolve("prometheus-" + region + "-" + name), startMs, clock));
            }
            regions.add(own);
            replicas.addAll(own);
        }
    }

    private long rememberedStart(int days) throws IOException {
        Path file = directory.resolve("demo-start");
        if (Files.exists(file)) {
            return Long.parseLong(Files.readString(file).strip());
        }
        long start = floor(clock.millis()) - days * Signal.DAY_MS;
        Files.writeString(file, Long.toString(start));
        return start;
    }

    private static long floor(long timeMs) {
        return Math.floorDiv(timeMs, BlockMaker.BLOCK_SPAN_MS) * BlockMaker.BLOCK_SPAN_MS;
    }

    /// Makes every block that a Prometheus would have written by now.
    void makeData() throws IOException, InterruptedException {
        long untilMs = floor(clock.millis() - BLOCK_DELAY_MS);
        long madeMs = untilMs;
        for (DemoReplica replica : replicas) {
            madeMs = Math.min(madeMs, replica.madeUntilMs());
        }
        if (madeMs == untilMs) {
            return;
        }
        for (DemoReplica replica : replicas) {
            replica.deleteUnfinished();
        }
        List<BlockMaker.Window> windows = BlockMaker.windows(madeMs, untilMs, untilMs - UNCOMPACTED_MS);
        var progress = new Progress(out, "making blocks", (long) windows.size() * replicas.size());
        int threads = Runtime.getRuntime().availableProcessors();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int at = 0; at < windows.size(); at += threads) {
                List<BlockMaker.Window> batch = windows.subList(at, Math.min(at + threads, windows.size()));
                var results = new ArrayList<Future<?>>();
                for (BlockMaker.Window window : batch) {
                    for (List<DemoReplica> region : regions) {
                        results.add(pool.submit(() -> {
                            makeBlocks(region, window);
                            return null;
                        }));
                    }
                }
                await(results);
                for (DemoReplica replica : replicas) {
                    replica.setMadeUntil(Math.max(batch.getLast().toMs(), replica.madeUntilMs()));
                }
                progress.at((long) (at + batch.size()) * replicas.size());
            }
        }
        progress.finish();
    }

    private static void makeBlocks(List<DemoReplica> region, BlockMaker.Window window) throws IOException {
        var targets = region.stream()
                .filter(replica -> replica.lacks(window))
                .map(replica -> replica.target(window))
                .toList();
        if (!targets.isEmpty()) {
            BlockMaker.write(targets, window);
        }
    }

    private static void await(List<Future<?>> results) throws IOException, InterruptedException {
        for (Future<?> result : results) {
            try {
                result.get();
            } catch (ExecutionException e) {
                throw new IOException("cannot make the demo's blocks: " + e.getCause(), e.getCause());
            }
        }
    }

    /// Starts regional servers, sidecars, compactor, store gateway and querier, and waits until all data are served.
    void start(HostPort address) throws Exception {
        String bucket = "--objstore.config=" + bucketYaml(directory.resolve("bucket"));
        var assembly = new Assembly(service);
        for (DemoReplica replica : replicas) {
            long sinceMs = Math.max(startMs, clock.millis() - LOCAL_MS);
            var live = new ReplicaServer(service, replica.source(), replica.external(), sinceMs);
            String name = "sidecar-" + replica.external().get("region")
                    + replica.external().get("replica");
            assembly.sidecar(
                    name,
                    List.of(
                            "--prometheus.url=" + live.url(),
                            "--tsdb.path=" + replica.directory(),
                            "--shipper.upload-compacted",
                            bucket));
        }
        awaitUploads();
        awaitCompaction(assembly.compactor(
                List.of(
                        bucket,
                        "--wait",
                        "--wait-interval=1m",
                        "--consistency-delay=0s",
                        "--delete-delay=10m",
                        "--compact.concurrency=" + Runtime.getRuntime().availableProcessors()),
                directory.resolve("compact")));
        assembly.store(List.of(bucket, "--sync-block-duration=30s"), directory.resolve("store"));
        assembly.querier(List.of("--query.replica-label=replica", "--query.auto-downsampling"));
        int port = assembly.serveHttp(
                HttpFlags.of(address, GRACE_PERIOD), Assembly.parse(new WebFlags(), List.of(), List.of()));
        url = "http://" + address.host() + ":" + port;
        assembly.awaitReady(Duration.ofMinutes(1));
    }

    /// What the demo lost with a failure of power it would make again.
    private static String bucketYaml(Path directory) throws IOException {
        Path absolute = Files.createDirectories(directory).toAbsolutePath();
        return "{type: FILESYSTEM, config: {directory: '%s', fsync: false}}".formatted(absolute);
    }

    private void awaitUploads() throws IOException, InterruptedException {
        int total = 0;
        for (DemoReplica replica : replicas) {
            total += replica.blocks().size();
        }
        var progress = new Progress(out, "sidecars upload blocks", total);
        while (true) {
            int uploaded = 0;
            for (DemoReplica replica : replicas) {
                uploaded += replica.uploadedCount();
            }
            progress.at(uploaded);
            if (uploaded >= total) {
                progress.finish();
                return;
            }
            Thread.sleep(POLL_MS);
        }
    }

    private void awaitCompaction(CompactorStatus status) throws InterruptedException {
        var progress = new Progress(out, "compactor merges and downsamples", 0);
        while (status.toJson().get("lastSuccess") == null) {
            progress.at(0);
            Thread.sleep(POLL_MS);
        }
        progress.finish();
    }

    /// Prints where everything is and three queries with their answers.
    void introduce() throws IOException, InterruptedException {
        out.printf("%nThe page and Prometheus' query API are at %s%n%nQueries to try:%n", url);
        var client = new DemoCheck(url);
        for (String query : TRY) {
            out.println("  " + query);
            client.ask(query, clock.millis() - 60_000, List.of())
                    .forEach((labels, value) -> out.printf("      %-40s %s%n", labels, value));
        }
        out.println();
        out.flush();
    }

    /// Holds answers against the generator.
    ///
    /// @return what is wrong
    List<String> check() throws IOException, InterruptedException {
        out.println("Checking answers against the generator:");
        var oracle = new Oracle(replicas.stream().map(DemoReplica::replica).toList());
        return new DemoCheck(url).run(oracle, startMs, clock.millis() - 60_000, out);
    }

    /// Goes on making blocks, and deletes local ones that are in the bucket.
    void keepGoing() {
        Thread thread = Thread.ofVirtual().name("demo-blocks").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    makeData();
                    for (DemoReplica replica : replicas) {
                        replica.deleteBefore(clock.millis() - LOCAL_MS);
                    }
                    Thread.sleep(Duration.ofMinutes(1));
                } catch (IOException e) {
                    log.error("making blocks failed, trying again", e);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        service.onStop("demo blocks", thread::interrupt);
    }
}
