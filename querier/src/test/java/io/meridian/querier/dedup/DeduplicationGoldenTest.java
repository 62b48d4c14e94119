package io.meridian.querier.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.model.json.Json;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.fanout.StoredSource;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Thanos' own deduplication of the golden replicas, sample for sample.
class DeduplicationGoldenTest {
    private static final long BLOCK_START_MS = 1_788_004_800_000L;
    private static final SampleBuffer NONE = new SampleBuffer();
    private static final long BLOCK_END_MS = 1_788_026_400_000L;

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource({
        "replicas, ab, penalty, gauge",
        "replicas, ab, penalty, counter",
        "replicas, ba, penalty, counter",
        "replicas, ab, chain, gauge",
        "replicas, ba, chain, gauge",
        "replicas, aba, penalty, gauge",
        "replicas, aba, penalty, counter",
        "replicas-ties, ab, penalty, gauge",
        "replicas-ties, ab, penalty, counter",
        "replicas-ties, ba, penalty, counter",
        "replicas-ties, ba, penalty, gauge",
        "replicas-ties, ab, chain, gauge",
        "replicas-ties, ba, chain, counter",
        "replicas-ties, aba, penalty, gauge",
    })
    void merge_wholeReplicas_equalsThanos(String set, String order, String function, String kind) {
        Path storage = Shared.require("golden/storage");
        var replicas = Map.of(
                'a', GoldenDumps.samples(storage.resolve("dumps/blocks/" + set + "__a.samples.jsonl.gz")),
                'b', GoldenDumps.samples(storage.resolve("dumps/blocks/" + set + "__b.samples.jsonl.gz")));
        Set<Labels> names = new TreeSet<>();
        replicas.values().forEach(replica -> names.addAll(replica.keySet()));
        var merged = new TreeMap<Labels, SampleBuffer>();
        for (Labels labels : names) {
            var lanes = new ArrayList<SampleBuffer>();
            order.chars()
                    .mapToObj(replica -> replicas.getOrDefault((char) replica, Map.of()))
                    .filter(replica -> replica.containsKey(labels))
                    .forEach(replica -> lanes.add(replica.getOrDefault(labels, NONE)));
            var target = new SampleBuffer();
            DeduplicationFunction.valueOf(function.toUpperCase(java.util.Locale.ROOT))
                    .merge(lanes, kind.equals("counter"), target);
            merged.put(labels, target);
        }

        var expected = GoldenDumps.samples(golden(set, "iter-%s-%s-%s.jsonl.gz".formatted(order, function, kind)));
        assertSame(merged, expected);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "replicas, querier-penalty-gauge",
        "replicas, querier-penalty-gauge-range-1",
        "replicas, querier-penalty-gauge-range-2",
        "replicas, querier-penalty-delta",
        "replicas, querier-chain-gauge",
        "replicas, querier-nodedup-gauge",
        "replicas-ties, querier-penalty-gauge",
        "replicas-ties, querier-penalty-gauge-range-1",
        "replicas-ties, querier-penalty-gauge-range-2",
        "replicas-ties, querier-chain-gauge",
        "replicas-ties, querier-nodedup-gauge",
    })
    void select_twoSources_equalsThanos(String set, String file) throws IOException {
        var members = List.of(
                Member.local(new StoredSource("a", GoldenDumps.chunks(set + "/a", external("a")))),
                Member.local(new StoredSource("b", GoldenDumps.chunks(set + "/b", external("b")))));
        var view = new QueryView(
                new FanoutSource("all", () -> members, Duration.ZERO),
                new ResolutionPlanner(0),
                file.contains("nodedup") ? List.of() : List.of("replica"),
                file.contains("chain") ? DeduplicationFunction.CHAIN : DeduplicationFunction.PENALTY);
        TimeRange range = range(file);

        var merged = new TreeMap<Labels, SampleBuffer>();
        var context = QueryContext.unlimited();
        try (SeriesSet series = view.select(new Selection(List.of(), range, SelectHints.NONE), context)) {
            for (Series each = series.next(); each != null; each = series.next()) {
                var target = new SampleBuffer();
                each.read(range, target);
                merged.put(each.labels(), target);
            }
        }

        assertThat(context.bytesHeld()).isZero();
        var expected = GoldenDumps.samples(golden(set, file + ".jsonl.gz"));
        // Thanos hands samples after the range to its engine, which drops them
        expected.values().forEach(samples -> samples.retain(0, countUpTo(samples, range.maxMs())));
        assertSame(merged, expected);
    }

    private static Labels external(String replica) {
        return Labels.of("cluster", "c1", "replica", replica);
    }

    private static TimeRange range(String file) {
        long minute = 60_000;
        if (file.endsWith("range-1")) {
            return new TimeRange(BLOCK_START_MS + 60 * minute + 123, BLOCK_START_MS + 120 * minute + 456);
        }
        return file.endsWith("range-2")
                ? new TimeRange(BLOCK_START_MS + 200 * minute, BLOCK_START_MS + 270 * minute)
                : new TimeRange(BLOCK_START_MS, BLOCK_END_MS);
    }

    private static int countUpTo(SampleBuffer samples, long maxMs) {
        int count = samples.size();
        while (count > 0 && samples.times()[count - 1] > maxMs) {
            count--;
        }
        return count;
    }

    private static Path golden(String set, String file) {
        Path folder = Shared.require("golden/storage/dedup/" + set);
        try {
            Object same = Json.parseObject(Files.readString(folder.resolve("identical.json")))
                    .get(file);
            return folder.resolve(same == null ? file : (String) same);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertSame(Map<Labels, SampleBuffer> actual, Map<Labels, SampleBuffer> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((labels, samples) -> {
            List<String> got = text(samples);
            List<String> wanted = text(expected.getOrDefault(labels, NONE));
            int same = 0;
            while (same < got.size() && same < wanted.size() && got.get(same).equals(wanted.get(same))) {
                same++;
            }
            assertThat(excerpt(got, same)).as("%s at %s", labels, same).isEqualTo(excerpt(wanted, same));
        });
    }

    private static List<String> excerpt(List<String> lines, int from) {
        return lines.subList(Math.min(from, lines.size()), Math.min(from + 4, lines.size()));
    }

    private static List<String> text(SampleBuffer samples) {
        var lines = new ArrayList<String>();
        for (int i = 0; i < samples.size(); i++) {
            var histograms = samples.histograms();
            Object value = histograms != null && histograms.isPresent(i)
                    ? histograms.get(i) + " " + histograms.hint(i)
                    : Long.toHexString(Double.doubleToRawLongBits(samples.values()[i]));
            lines.add(samples.times()[i] + " " + value);
        }
        return lines;
    }
}
