package io.meridian.promql.fuzz;

import io.meridian.model.Labels;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.promql.script.LoadedSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// Series of every kind that PromQL treats differently: counters with resets, gauges, odd numbers, sparse ones, classic
/// histograms, native ones with exponential and custom buckets, counters and gauges of them, and series that change
/// between float and histogram. Gaps, jitter and stale markers in all.
public final class RandomSeries {
    /// First scrape.
    public static final long START_MS = 1_700_000_000_000L;

    /// No sample is later.
    public static final long END_MS = START_MS + 3_600_000;

    static final String[] JOBS = {"api", "db"};
    static final String[] INSTANCES = {"a", "b", "c"};
    static final String[] BOUNDS = {"0.1", "0.5", "1", "+Inf"};

    private static final long SCRAPE_MS = 30_000;
    private static final double[] ODD = {
        Double.NaN,
        Double.longBitsToDouble(0x7ff8000000000123L),
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0.0,
        -0.0,
        Double.MIN_VALUE,
        -3e-310,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        1e-9,
        1,
        -1,
        0.1,
        9007199254740994.0
    };

    private final SplittableRandom random;
    private final boolean extended;
    private final List<LoadedSeries> series = new ArrayList<>();

    private RandomSeries(long seed, boolean extended) {
        random = new SplittableRandom(seed);
        this.extended = extended;
    }

    /// The series of a seed, sorted by labels.
    public static List<LoadedSeries> of(long seed) {
        return make(new RandomSeries(seed, false));
    }

    /// With start timestamps, counters that are reset where chunks end, and histograms that change between exponential
    /// and custom buckets.
    public static List<LoadedSeries> extended(long seed) {
        return make(new RandomSeries(seed, true));
    }

    private static List<LoadedSeries> make(RandomSeries made) {
        for (String job : JOBS) {
            for (String instance : INSTANCES) {
                made.target(job, instance);
            }
        }
        made.series.removeIf(one -> one.samples().size() == 0);
        made.series.sort(Comparator.comparing(LoadedSeries::labels));
        return List.copyOf(made.series);
    }

    private void target(String job, String instance) {
        Labels target = Labels.of("instance", instance, "job", job);
        add(target, "requests_total", counter(random.nextBoolean() ? 1 : 0.37));
        add(target, "errors_total", counter(0.01));
        add(target, "temperature", gauge(random.nextBoolean()));
        add(target, "memory_bytes", gauge(true));
        add(target, "odd", odd());
        add(target, "sparse", sparse());
        if (random.nextInt(4) > 0) {
            add(target.with("version", "v" + random.nextInt(2)), "target_info", constant());
        }
        classic(target);
        boolean[] kinds = {false, true};
        for (boolean gauge : kinds) {
            add(target, gauge ? "queue_size" : "latency", histograms(new RandomHistograms(random, false, gauge), 0));
            add(target, gauge ? "queue_custom" : "custom", histograms(new RandomHistograms(random, true, gauge), 0));
        }
        add(target, "mixed", histograms(new RandomHistograms(random, random.nextInt(3) == 0, false), 4));
        if (extended) {
            add(target, "bordered_total", bordered());
            add(target, "switching", switching());
        }
    }

    private void add(Labels target, String name, ExactSamples samples) {
        if (random.nextInt(12) > 0) {
            var made = extended ? started(samples) : samples;
            series.add(new LoadedSeries(target.with(Labels.METRIC_NAME, name), made));
        }
    }

    /// The samples with start timestamps: none, one for all, new ones now and then, or any.
    private ExactSamples started(ExactSamples samples) {
        int mode = random.nextInt(6);
        var started = new ExactSamples();
        long startMs = START_MS - random.nextInt(600_000);
        for (int i = 0; i < samples.size(); i++) {
            long timeMs = samples.time(i);
            if (mode == 3 && random.nextInt(20) == 0) {
                startMs = timeMs - random.nextInt(1, (int) SCRAPE_MS);
            } else if (mode == 4 && random.nextInt(4) == 0) {
                startMs = i > 0 && random.nextBoolean() ? samples.time(i - 1) : timeMs + random.nextInt(-90_000, 10);
            }
            long use = mode < 2 || mode == 5 && random.nextBoolean() ? 0 : startMs;
            if (samples.kind(i) == ExactSamples.Kind.FLOAT) {
                started.append(use, timeMs, samples.value(i));
            } else {
                started.append(use, timeMs, samples.floatHistogram(i));
            }
        }
        return started;
    }

    /// A reset at every 120th sample, where chunks end.
    private ExactSamples bordered() {
        var samples = new ExactSamples();
        double value = 0;
        for (long at = START_MS; at < END_MS; at += 10_000) {
            value = samples.size() % 120 == 0 ? random.nextInt(2) : value + random.nextInt(20);
            samples.append(0, at, value);
        }
        return samples;
    }

    private ExactSamples switching() {
        var exponential = new RandomHistograms(random, false, false);
        var custom = new RandomHistograms(random, true, false);
        boolean[] inCustom = {random.nextBoolean()};
        return scraped((samples, timeMs) -> {
            inCustom[0] ^= random.nextInt(12) == 0;
            samples.append(0, timeMs, (inCustom[0] ? custom : exponential).next());
        });
    }

    /// What is put at a time of a scrape that took place.
    @FunctionalInterface
    private interface Scrape {
        void at(ExactSamples samples, long timeMs);
    }

    private ExactSamples scraped(Scrape scrape) {
        var samples = new ExactSamples();
        long gap = random.nextInt(3) == 0 ? random.nextLong(END_MS - START_MS) : -1;
        long length = random.nextLong(1_200_000);
        boolean jitter = random.nextBoolean();
        boolean wasMissing = true;
        for (long at = START_MS + random.nextLong(SCRAPE_MS); at <= END_MS - 20; at += SCRAPE_MS) {
            boolean missing = gap >= 0 && at - START_MS > gap && at - START_MS < gap + length;
            long timeMs = jitter ? at + random.nextLong(20) : at;
            if (!missing && random.nextInt(25) > 0) {
                scrape.at(samples, timeMs);
            } else if (!wasMissing && random.nextBoolean()) {
                samples.append(0, timeMs, StaleMarker.VALUE);
            }
            wasMissing = missing;
        }
        return samples;
    }

    private ExactSamples counter(double unit) {
        double[] value = {random.nextInt(5) == 0 ? 0 : random.nextInt(1000) * unit};
        return scraped((samples, timeMs) -> {
            value[0] = random.nextInt(30) == 0 ? random.nextInt(3) * unit : value[0] + random.nextInt(50) * unit;
            samples.append(0, timeMs, value[0]);
        });
    }

    private ExactSamples gauge(boolean whole) {
        double[] value = {0};
        return scraped((samples, timeMs) -> {
            double step = random.nextDouble() * 20 - 10;
            value[0] += whole ? Math.rint(step) : step;
            samples.append(0, timeMs, value[0]);
        });
    }

    private ExactSamples odd() {
        return scraped((samples, timeMs) -> samples.append(0, timeMs, ODD[random.nextInt(ODD.length)]));
    }

    private ExactSamples constant() {
        return scraped((samples, timeMs) -> samples.append(0, timeMs, 1));
    }

    private ExactSamples sparse() {
        return scraped((samples, timeMs) -> {
            if (random.nextInt(15) == 0) {
                samples.append(0, timeMs, random.nextInt(10));
            }
        });
    }

    private void classic(Labels target) {
        long[] counts = new long[BOUNDS.length];
        double[] sum = {0};
        var buckets = new ExactSamples[BOUNDS.length];
        for (int b = 0; b < BOUNDS.length; b++) {
            buckets[b] = new ExactSamples();
        }
        var sums = new ExactSamples();
        ExactSamples totals = scraped((samples, timeMs) -> {
            int seen = random.nextInt(20);
            for (int i = 0; i < seen; i++) {
                int bucket = random.nextInt(BOUNDS.length);
                sum[0] += bucket * 0.3;
                for (int b = bucket; b < BOUNDS.length; b++) {
                    counts[b]++;
                }
            }
            for (int b = 0; b < BOUNDS.length; b++) {
                buckets[b].append(0, timeMs, (double) counts[b]);
            }
            sums.append(0, timeMs, sum[0]);
            samples.append(0, timeMs, (double) counts[BOUNDS.length - 1]);
        });
        for (int b = 0; b < BOUNDS.length; b++) {
            add(target.with("le", BOUNDS[b]), "duration_seconds_bucket", buckets[b]);
        }
        add(target, "duration_seconds_count", totals);
        add(target, "duration_seconds_sum", sums);
    }

    /// @param floatsEvery how many runs of histograms one run of floats comes among, 0 for none
    private ExactSamples histograms(RandomHistograms histograms, int floatsEvery) {
        boolean[] inFloats = {false};
        return scraped((samples, timeMs) -> {
            if (floatsEvery > 0 && random.nextInt(10) == 0) {
                inFloats[0] = random.nextInt(floatsEvery) == 0;
            }
            if (inFloats[0]) {
                samples.append(0, timeMs, random.nextInt(100));
            } else {
                samples.append(0, timeMs, histograms.next());
            }
        });
    }
}
