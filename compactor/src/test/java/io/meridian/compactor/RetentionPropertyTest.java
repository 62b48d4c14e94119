package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.plan.Resolutions;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the policy, the times, and the arrivals of late samples: nothing that the policy still wants is ever
/// missing, and what it does not want any more is gone after the next pass.
@Sampled
class RetentionPropertyTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final int ROUNDS = Sampled.ALL ? 12 : 1;
    private static final int[] PERIODS = {0, 2, 5, 9, 15, 25, 40, 70};
    private static final long STEP = 40 * 60_000;

    @TempDir
    private Path directory;

    private final TreeSet<Long> written = new TreeSet<>();

    /// A window, or a sample, of a series.
    private record Place(Labels series, long resolutionMs, long number) {}

    @Test
    void run_anyPolicyAndLateSamples_keepsWhatIsWantedAndNothingElse() throws IOException {
        var random = SeededRandom.create("retention");
        for (int round = 0; round < ROUNDS; round++) {
            written.clear();
            var harness = new CompactorHarness(directory.resolve(String.valueOf(round)));
            live(harness, policy(random), random);
        }
    }

    private static RetentionPolicy policy(RandomGenerator random) {
        var candidates = List.of(
                LabelMatcher.equal("__name__", "gauge"),
                LabelMatcher.equal("i", "2"),
                LabelMatcher.of(LabelMatcher.Type.REGEX, "__name__", ".*_total"),
                LabelMatcher.of(LabelMatcher.Type.NOT_EQUAL, "i", "1"));
        var rules = new ArrayList<RetentionPolicy.Rule>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            var series = List.of(candidates.get(random.nextInt(candidates.size())));
            rules.add(new RetentionPolicy.Rule(List.of(), series, periods(random), "rule " + i));
        }
        return new RetentionPolicy(rules, periods(random));
    }

    private static RetentionPolicy.Periods periods(RandomGenerator random) {
        return new RetentionPolicy.Periods(period(random), period(random), period(random));
    }

    private static Duration period(RandomGenerator random) {
        return Duration.ofDays(PERIODS[random.nextInt(PERIODS.length)]);
    }

    private void add(CompactorHarness harness, long minMs, long maxMs, long stepMs, List<String> hints)
            throws IOException {
        harness.addBlock(A, minMs, maxMs, stepMs, hints);
        for (long at = minMs; at < maxMs; at += stepMs) {
            written.add(at);
        }
    }

    private void live(CompactorHarness harness, RetentionPolicy policy, RandomGenerator random) throws IOException {
        int days = 0;
        var counts = new HashMap<Place, Double>();
        for (int pass = 0; pass < 7; pass++) {
            for (int more = 3 + random.nextInt(10); pass < 4 && more > 0; more--, days++) {
                add(harness, START + days * DAY, START + (days + 1) * DAY, STEP, List.of());
            }
            if (random.nextBoolean()) {
                long minMs = START + random.nextInt(days * 12) * 2 * HOUR + 7_000;
                add(harness, minMs, minMs + 2 * HOUR - 60_000, 600_000, List.of("from-out-of-order"));
            }
            harness.nowMs = Math.max(harness.nowMs, START + (days + 1) * DAY) + random.nextInt(12) * DAY;
            String what = policy + ", pass " + pass;
            var options = CompactorOptions.DEFAULT.withRetention(policy);
            assertThat(harness.compactor(harness.bucket, options).run())
                    .as(what)
                    .isTrue();
            assertThat(harness.status.toJson().get("quarantined")).as(what).isEqualTo(List.of());
            assertNothingIsMissing(harness, policy, counts, what);
            harness.compactor(harness.bucket, options).run();
            assertNothingIsMissing(harness, policy, counts, what);
            assertNothingIsLeft(harness, policy, what);
        }
    }

    private static boolean isWanted(CompactorHarness harness, Duration period, long endMs) {
        return period.isZero() || endMs >= harness.nowMs - period.toMillis();
    }

    private static RetentionPolicy.Periods periods(RetentionPolicy policy, Labels series) {
        return policy.rulesOf(A).stream()
                .filter(rule -> LabelMatcher.allMatch(rule.series(), series))
                .findFirst()
                .orElseThrow()
                .periods();
    }

    private void assertNothingIsMissing(
            CompactorHarness harness, RetentionPolicy policy, Map<Place, Double> before, String what)
            throws IOException {
        var counts = new HashMap<Place, Double>();
        for (var meta : harness.live()) {
            read(harness, meta, counts);
        }
        for (var series : CompactorHarness.SERIES) {
            var periods = periods(policy, series);
            for (long atMs : written) {
                for (long resolutionMs : Resolutions.ALL) {
                    boolean found = false;
                    for (long finer : Resolutions.ALL) {
                        found |= finer <= resolutionMs
                                && counts.containsKey(new Place(series, finer, number(finer, atMs)));
                    }
                    if (!found && isWanted(harness, periods.of(resolutionMs), atMs)) {
                        throw new AssertionError("%s: %s, sample at day %f is wanted at %s, now is day %f"
                                .formatted(
                                        what,
                                        series,
                                        (atMs - START) * 1.0 / DAY,
                                        Resolutions.name(resolutionMs),
                                        (harness.nowMs - START) * 1.0 / DAY));
                    }
                }
            }
        }
        before.forEach((place, count) -> {
            long endMs = place.resolutionMs() == 0 ? place.number() : place.number() * place.resolutionMs();
            if (place.resolutionMs() > 0
                    && isWanted(harness, periods(policy, place.series()).of(place.resolutionMs()), endMs)) {
                assertThat(counts.getOrDefault(place, 0.0))
                        .as("%s: count of %s", what, place)
                        .isGreaterThanOrEqualTo(count);
            }
        });
        before.clear();
        before.putAll(counts);
    }

    private static long number(long resolutionMs, long atMs) {
        return resolutionMs == 0 ? atMs : Math.floorDiv(atMs, resolutionMs);
    }

    private static void read(CompactorHarness harness, BlockMeta meta, Map<Place, Double> counts) throws IOException {
        long resolutionMs = meta.thanos().resolutionMs();
        for (var series : StoredSeries.of(harness.bucket, meta.id()).entrySet()) {
            for (var chunk : series.getValue()) {
                var samples = new SampleBuffer();
                ChunkCodec.decode(counts(chunk, resolutionMs), samples);
                for (int i = 0; i < samples.size(); i++) {
                    var place = new Place(series.getKey(), resolutionMs, number(resolutionMs, samples.times()[i]));
                    counts.merge(place, samples.values()[i], Math::max);
                }
            }
        }
    }

    private static EncodedChunk counts(EncodedChunk chunk, long resolutionMs) {
        return chunk.encoding() != ChunkEncoding.AGGREGATE
                ? chunk
                : Objects.requireNonNull(AggregateChunk.parse(
                                chunk.minMs(),
                                chunk.maxMs(),
                                resolutionMs,
                                chunk.array(),
                                chunk.offset(),
                                chunk.length())
                        .part(Aggregate.COUNT));
    }

    private static void assertNothingIsLeft(CompactorHarness harness, RetentionPolicy policy, String what)
            throws IOException {
        var live = harness.live();
        for (var meta : live) {
            var retention = SeriesRetention.of(policy, A, List.of(meta), live, true, harness.nowMs);
            long expired = 0;
            boolean over = false;
            for (var series : StoredSeries.of(harness.bucket, meta.id()).entrySet()) {
                long keptFromMs = retention.keptFromMs(series.getKey());
                for (var chunk : series.getValue()) {
                    expired += chunk.maxMs() < keptFromMs ? 1 : 0;
                    over |= chunk.maxMs() < keptFromMs && keptFromMs >= meta.maxTimeMs();
                }
            }
            long all = meta.stats().numChunks();
            boolean stays = expired == all && meta.thanos().resolutionMs() > 0;
            // Between two looks a rule comes on by less than a twentieth.
            if (!stays && (over || expired * 10 > all)) {
                throw new AssertionError("%s: %d of %d chunks of %s are expired, now is day %f"
                        .formatted(what, expired, all, meta, (harness.nowMs - START) * 1.0 / DAY));
            }
        }
    }
}
