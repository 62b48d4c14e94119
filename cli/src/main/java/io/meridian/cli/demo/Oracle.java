package io.meridian.cli.demo;

import io.meridian.cli.demo.DemoSeries.Kind;
import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Answers to a few queries, computed from the generator alone: slow, obvious, and sharing no code with the system that
/// the demo runs.
final class Oracle {
    private static final long LOOKBACK_MS = 300_000;

    private final List<Replica> replicas;

    Oracle(List<Replica> replicas) {
        this.replicas = List.copyOf(replicas);
    }

    /// A sample as a replica scraped it.
    private record Sample(long timeMs, double value) {}

    /// What a series contributes, or NaN if nothing.
    private interface Reader {
        double read(Replica replica, DemoSeries series);
    }

    /// `sum by (region, replica) (NAME)` at a time.
    Map<Labels, Double> sum(String name, long timeMs) {
        return sumBy(name, timeMs, List.of("region", "replica"), (replica, series) -> {
            List<Sample> samples = samples(replica, series, timeMs - LOOKBACK_MS + 1, timeMs);
            boolean ended = samples.isEmpty() || endedBefore(replica, series, timeMs);
            return ended ? Double.NaN : samples.getLast().value();
        });
    }

    /// `sum by (region, replica, job) (increase(NAME[RANGE]))` at a time.
    Map<Labels, Double> increase(String name, long rangeMs, long timeMs) {
        return sumBy(
                name,
                timeMs,
                List.of("region", "replica", "job"),
                (replica, series) -> increase(samples(replica, series, timeMs - rangeMs + 1, timeMs), rangeMs, timeMs));
    }

    /// `max by (region, replica) (max_over_time(NAME[RANGE]))` at a time.
    Map<Labels, Double> maxOverTime(String name, long rangeMs, long timeMs) {
        var result = new TreeMap<Labels, Double>();
        for (Replica replica : replicas) {
            for (DemoSeries series : named(replica, name, timeMs - rangeMs, timeMs)) {
                for (Sample sample : samples(replica, series, timeMs - rangeMs + 1, timeMs)) {
                    Labels group = replica.external().only(List.of("region", "replica"));
                    result.merge(group, sample.value(), Math::max);
                }
            }
        }
        return result;
    }

    /// `count by (region) (NAME)` of deduplicated series, at a time when they have samples in both replicas.
    Map<Labels, Double> countByRegion(String name, long timeMs) {
        var result = new TreeMap<Labels, Double>();
        for (Replica replica : replicas) {
            Labels group = replica.external().only(List.of("region"));
            double count = named(replica, name, timeMs - 60_000, timeMs).size();
            result.put(group, count);
        }
        return result;
    }

    private Map<Labels, Double> sumBy(String name, long timeMs, List<String> by, Reader reader) {
        var result = new TreeMap<Labels, Double>();
        for (Replica replica : replicas) {
            for (DemoSeries series : named(replica, name, timeMs - 86_400_000, timeMs)) {
                double value = reader.read(replica, series);
                if (!Double.isNaN(value)) {
                    Labels labels =
                            series.labels().overriddenBy(replica.external()).only(by);
                    result.merge(labels, value, Double::sum);
                }
            }
        }
        return result;
    }

    private static List<DemoSeries> named(Replica replica, String name, long fromMs, long toMs) {
        return replica.fleet().series(fromMs, toMs + 1).stream()
                .filter(series -> series.kind() == Kind.FLOAT)
                .filter(series -> series.labels().metricName().equals(name))
                .filter(series -> series.livesIn(fromMs, toMs + 1))
                .toList();
    }

    private static boolean endedBefore(Replica replica, DemoSeries series, long timeMs) {
        return series.diedMs() != Long.MAX_VALUE && replica.scraper().scrapedAtMs(series.diedMs()) <= timeMs;
    }

    private static List<Sample> samples(Replica replica, DemoSeries series, long fromMs, long toMs) {
        long interval = Fleet.SCRAPE_INTERVAL_MS;
        var samples = new ArrayList<Sample>();
        for (long slot = Math.floorDiv(fromMs, interval) * interval - interval; slot <= toMs; slot += interval) {
            long time = replica.scraper().scrapedAtMs(slot);
            boolean alive = slot >= series.bornMs() && slot < series.diedMs();
            if (alive && time >= fromMs && time <= toMs && replica.scraper().scraped(slot)) {
                samples.add(new Sample(time, series.valueAt(slot)));
            }
        }
        return samples;
    }

    /// Prometheus' `increase`: the growth seen, stretched to the range where the samples reach near enough to its ends.
    private static double increase(List<Sample> samples, long rangeMs, long timeMs) {
        if (samples.size() < 2) {
            return Double.NaN;
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double growth = last.value() - first.value();
        for (int i = 1; i < samples.size(); i++) {
            if (samples.get(i).value() < samples.get(i - 1).value()) {
                growth += samples.get(i - 1).value();
            }
        }
        double toStart = (first.timeMs() - (timeMs - rangeMs)) / 1000.0;
        double toEnd = (timeMs - last.timeMs()) / 1000.0;
        double sampled = (last.timeMs() - first.timeMs()) / 1000.0;
        double average = sampled / (samples.size() - 1);
        if (toStart >= average * 1.1) {
            toStart = average / 2;
        }
        if (growth > 0 && first.value() >= 0) {
            toStart = Math.min(toStart, sampled * (first.value() / growth));
        }
        if (toEnd >= average * 1.1) {
            toEnd = average / 2;
        }
        return growth * ((sampled + toStart + toEnd) / sampled);
    }
}
