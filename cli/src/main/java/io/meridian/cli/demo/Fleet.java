package io.meridian.cli.demo;

import io.meridian.cli.demo.DemoSeries.Kind;
import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What runs in one region: nodes that stay, and services whose pods are replaced at each release.
final class Fleet {
    /// Distance of scrapes.
    static final long SCRAPE_INTERVAL_MS = 30_000;

    /// Upper bounds of the request duration buckets, in seconds.
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1};
    /// Share of requests that are not slower than the bound of the same index.
    private static final double[] SHARES = {0.05, 0.15, 0.4, 0.65, 0.85, 0.95, 0.99, 0.999};

    private static final List<String> SERVICES = List.of("api", "checkout", "search");
    private static final List<String> HANDLERS = List.of("/", "/items", "/orders");
    private static final int PODS_PER_SERVICE = 2;
    private static final int NODE_COUNT = 3;
    private static final long RELEASE_INTERVAL_MS = 5 * Signal.DAY_MS;
    private static final long RESTART_INTERVAL_MS = 2 * Signal.DAY_MS;

    private final long seed;
    private final String region;
    private final List<DemoSeries> nodes = new ArrayList<>();
    private final Map<Release, List<DemoSeries>> releases = new ConcurrentHashMap<>();

    /// The pods of one service between two releases.
    private record Release(String service, long number, long bornMs) {}

    /// @param seed decides all values; the same seed gives the same fleet
    Fleet(long seed, String region) {
        this.seed = Noise.bits(seed, region.hashCode());
        this.region = region;
        for (int node = 1; node <= NODE_COUNT; node++) {
            addNode(nodes, node);
        }
    }

    /// All series that exist at some time within the range, ascending by labels.
    List<DemoSeries> series(long fromMs, long toMs) {
        var all = new ArrayList<DemoSeries>(nodes);
        for (int s = 0; s < SERVICES.size(); s++) {
            long shiftMs = s * Signal.DAY_MS + 3 * 3_600_000L;
            long first = Math.floorDiv(fromMs - shiftMs, RELEASE_INTERVAL_MS);
            long last = Math.floorDiv(toMs - 1 - shiftMs, RELEASE_INTERVAL_MS);
            for (long release = first; release <= last; release++) {
                long bornMs = release * RELEASE_INTERVAL_MS + shiftMs;
                all.addAll(releases.computeIfAbsent(new Release(SERVICES.get(s), release, bornMs), this::pods));
            }
        }
        all.sort(Comparator.comparing(DemoSeries::labels));
        return all;
    }

    private List<DemoSeries> pods(Release release) {
        var pods = new ArrayList<DemoSeries>();
        for (int pod = 0; pod < PODS_PER_SERVICE; pod++) {
            long diedMs = release.bornMs() + RELEASE_INTERVAL_MS;
            addPod(pods, release.service(), release.number(), pod, release.bornMs(), diedMs);
        }
        return pods;
    }

    private void addNode(List<DemoSeries> all, int node) {
        String instance = "node-%d.%s:9100".formatted(node, region);
        long nodeSeed = Noise.bits(seed, node);
        var target = new Target(all, Labels.of("job", "node", "instance", instance), nodeSeed, 0, Long.MAX_VALUE);
        target.gauge("up", 1, 0, 0, 1);
        String[] modes = {"idle", "iowait", "system", "user", "steal"};
        double[] shares = {0.7, 0.02, 0.08, 0.19, 0.01};
        for (int cpu = 0; cpu < 2; cpu++) {
            for (int m = 0; m < modes.length; m++) {
                target.counter("node_cpu_seconds_total", shares[m], "cpu", "" + cpu, "mode", modes[m]);
            }
        }
        target.gauge("node_memory_MemTotal_bytes", 16.0 * (1 << 30), 0, 0, 1);
        target.gauge("node_memory_MemAvailable_bytes", 9.0 * (1 << 30), 0.2, 0.05, 4096);
        target.gauge("node_load1", 1.4, 0.6, 0.5, 0.01);
        target.gauge("node_load5", 1.4, 0.6, 0.2, 0.01);
        target.gauge("node_load15", 1.4, 0.6, 0.1, 0.01);
        target.gauge("node_filesystem_avail_bytes", 80e9, 0.05, 0.001, 4096, "mountpoint", "/");
        target.gauge("node_filesystem_size_bytes", 120e9, 0, 0, 1, "mountpoint", "/");
        for (String device : List.of("eth0", "eth1")) {
            target.counter("node_network_receive_bytes_total", 250e3, "device", device);
            target.counter("node_network_transmit_bytes_total", 410e3, "device", device);
        }
    }

    private void addPod(List<DemoSeries> all, String service, long release, int pod, long bornMs, long diedMs) {
        long podSeed = Noise.bits(seed, service.hashCode(), release, pod);
        String name = "%s-%08x-%05x".formatted(service, (int) Noise.bits(seed, release), podSeed & 0xFFFFF);
        var labels = Labels.of("job", service, "pod", name, "version", "v1.%d".formatted(Math.floorMod(release, 1000)));
        var target = new Target(all, labels, podSeed, bornMs, diedMs);
        target.gauge("up", 1, 0, 0, 1);
        target.gauge("process_resident_memory_bytes", 420e6, 0.15, 0.02, 4096);
        target.gauge("queue_length", 12, 0.8, 0.6, 1);
        var cpu = target.counter("process_cpu_seconds_total", 0.35);
        target.add("process_start_time_seconds", new Signal.StartTime(cpu));
        for (String handler : HANDLERS) {
            target.counter("http_requests_total", 9, "handler", handler, "code", "200", "method", "GET");
            target.counter("http_requests_total", 0.05, "handler", handler, "code", "500", "method", "GET");
        }
        addDurations(target);
    }

    private static void addDurations(Target target) {
        // All buckets follow one counter, so they never contradict each other.
        var count = target.counter("http_request_duration_seconds_count", 27);
        var cumulative = new ArrayList<Signal>();
        for (int i = 0; i < BOUNDS.length; i++) {
            Signal bucket = new Signal.Counter(count.seed(), 27 * SHARES[i], RESTART_INTERVAL_MS, count.processSeed());
            cumulative.add(bucket);
            target.add("http_request_duration_seconds_bucket", bucket, "le", le(BOUNDS[i]));
        }
        cumulative.add(count);
        target.add("http_request_duration_seconds_bucket", count, "le", "+Inf");
        target.counter("http_request_duration_seconds_sum", 1.6);
        target.histogram("rpc_duration_seconds", cumulative);
    }

    private static String le(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    /// Adds the series of one scraped process.
    private record Target(List<DemoSeries> all, Labels labels, long seed, long bornMs, long diedMs) {
        void gauge(String name, double level, double swing, double noise, double precision, String... more) {
            long own = Noise.bits(seed, name.hashCode(), List.of(more).hashCode());
            Signal signal = swing == 0 && noise == 0
                    ? new Signal.Constant(level)
                    : new Signal.Gauge(own, level, swing, noise, precision);
            add(name, signal, more);
        }

        Signal.Counter counter(String name, double perSecond, String... more) {
            long own = Noise.bits(seed, name.hashCode(), List.of(more).hashCode());
            var counter = new Signal.Counter(own, perSecond, RESTART_INTERVAL_MS, seed);
            add(name, counter, more);
            return counter;
        }

        void add(String name, Signal signal, String... more) {
            all.add(new DemoSeries(named(name, more), Kind.FLOAT, List.of(signal), bornMs, diedMs));
        }

        void histogram(String name, List<Signal> cumulative) {
            all.add(new DemoSeries(named(name), Kind.NATIVE_HISTOGRAM, cumulative, bornMs, diedMs));
        }

        private Labels named(String name, String... more) {
            var builder = labels.toBuilder().set(Labels.METRIC_NAME, name);
            for (int i = 0; i < more.length; i += 2) {
                builder.set(more[i], more[i + 1]);
            }
            return builder.build();
        }
    }
}
