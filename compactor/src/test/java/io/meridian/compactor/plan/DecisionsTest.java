package io.meridian.compactor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockMeta;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();

    @Test
    void groupKey_knownLabels_hasThanosText() {
        assertThat(new GroupKey(0, Labels.empty())).hasToString("0@17241709254077376921");
        assertThat(new GroupKey(0, Labels.of("foo", "bar", "foo1", "bar2"))).hasToString("0@2124638872457683483");
    }

    @Test
    void duplicates_sourcesInALargerBlock_canGo() {
        var small = Metas.raw(1, 0, 20);
        var other = Metas.raw(2, 20, 40);
        var merged = Metas.meta(3, 0, 40, 0, 2, List.of(Metas.id(1), Metas.id(2)));

        assertThat(Duplicates.of(List.of(small, other, merged))).containsExactlyInAnyOrder(small, other);
    }

    @Test
    void duplicates_equalSources_theOlderStays() {
        var older = Metas.meta(3, 0, 40, 0, 2, List.of(Metas.id(1), Metas.id(2)));
        var newer = Metas.meta(4, 0, 40, 0, 2, List.of(Metas.id(1), Metas.id(2)));

        assertThat(Duplicates.of(List.of(newer, older))).containsExactly(newer);
    }

    @Test
    void duplicates_overlappingSourcesOnly_stay() {
        var a = Metas.meta(3, 0, 40, 0, 2, List.of(Metas.id(1), Metas.id(2)));
        var b = Metas.meta(4, 20, 60, 0, 2, List.of(Metas.id(2), Metas.id(5)));

        assertThat(Duplicates.of(List.of(a, b))).isEmpty();
    }

    private static List<BlockMeta> canGo(Retention retention, List<BlockMeta> blocks, long nowMs) {
        return retention.decide(blocks, blocks, nowMs).stream()
                .filter(Retention.Decision::canGo)
                .map(Retention.Decision::block)
                .toList();
    }

    @Test
    void retention_rawExpiredButFiveMinutesMissing_waits() {
        var retention = new Retention(RetentionPolicy.of(Duration.ofDays(1), Duration.ZERO, Duration.ZERO), true);
        var raw = Metas.raw(1, 0, 2 * HOUR);

        var decisions = retention.decide(List.of(raw), List.of(raw), 3 * DAY);

        assertThat(decisions).hasSize(1);
        assertThat(decisions.getFirst().waitsFor()).isEqualTo(Resolutions.FIVE_MINUTES);
    }

    @Test
    void retention_rawExpiredAndFiveMinutesThere_goes() {
        var retention = new Retention(RetentionPolicy.of(Duration.ofDays(1), Duration.ZERO, Duration.ZERO), true);
        var raw = Metas.raw(1, 0, 2 * HOUR);
        var downsampled = Metas.meta(2, 0, 2 * HOUR, Resolutions.FIVE_MINUTES, 1, List.of(Metas.id(1)));

        assertThat(canGo(retention, List.of(raw, downsampled), 3 * DAY)).containsExactly(raw);
        assertThat(canGo(retention, List.of(raw, downsampled), DAY + 2 * HOUR)).isEmpty();
        assertThat(canGo(retention, List.of(raw, downsampled), DAY + 2 * HOUR + 1))
                .containsExactly(raw);
    }

    @Test
    void retention_allResolutionsExpired_goesWithoutSuccessor() {
        var retention =
                new Retention(RetentionPolicy.of(Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1)), true);

        assertThat(canGo(retention, List.of(Metas.raw(1, 0, HOUR)), 3 * DAY)).hasSize(1);
    }

    @Test
    void retention_withoutDownsampling_goesAtItsTime() {
        var retention = new Retention(RetentionPolicy.of(Duration.ofDays(1), Duration.ZERO, Duration.ZERO), false);

        assertThat(canGo(retention, List.of(Metas.raw(1, 0, HOUR)), 3 * DAY)).hasSize(1);
    }

    @Test
    void retention_ruleOfAPolicy_comesBeforeTheDefaults() {
        var rule = new RetentionPolicy.Rule(
                List.of(io.meridian.model.LabelMatcher.equal("cluster", "c1")),
                new RetentionPolicy.Periods(Duration.ofDays(10), Duration.ZERO, Duration.ZERO));
        var policy = new RetentionPolicy(
                List.of(rule),
                new RetentionPolicy.Periods(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)));

        var blocks = List.of(Metas.raw(1, 0, HOUR));
        assertThat(new Retention(policy, false).decide(blocks, blocks, 3 * DAY)).isEmpty();
    }

    @Test
    void downsampling_longBlock_isDueOnce() {
        var raw = Metas.raw(1, 0, 48 * HOUR);
        var schedule = new DownsampleSchedule(false);

        assertThat(schedule.due(List.of(raw), Set.of(), Set.of(), Set.of(), 49 * HOUR))
                .containsExactly(new DownsampleSchedule.Step(raw, Resolutions.FIVE_MINUTES));
        var made = Metas.meta(2, 0, 48 * HOUR, Resolutions.FIVE_MINUTES, 1, List.of(Metas.id(1)));
        assertThat(schedule.due(List.of(raw, made), Set.of(), Set.of(), Set.of(), 49 * HOUR))
                .isEmpty();
    }

    @Test
    void downsampling_shortBlock_isDueByAge() {
        var raw = Metas.raw(1, 0, 2 * HOUR);
        var schedule = new DownsampleSchedule(false);

        assertThat(schedule.due(List.of(raw), Set.of(), Set.of(), Set.of(), 41 * HOUR))
                .isEmpty();
        assertThat(schedule.due(List.of(raw), Set.of(), Set.of(), Set.of(), 42 * HOUR))
                .hasSize(1);
    }

    @Test
    void downsampling_asSoonAsPossible_isDueOnceCompacted() {
        var sources = List.of(Metas.id(1), Metas.id(2));
        var merged = Metas.meta(3, 0, 8 * HOUR, 0, 2, sources);

        assertThat(new DownsampleSchedule(true).due(List.of(merged), Set.of(), Set.of(), Set.of(), 9 * HOUR))
                .hasSize(1);
        assertThat(new DownsampleSchedule(false).due(List.of(merged), Set.of(), Set.of(), Set.of(), 9 * HOUR))
                .isEmpty();
    }

    @Test
    void downsampling_overlappingBlocks_waitUntilTheyAreMerged() {
        var a = Metas.raw(1, 0, 48 * HOUR);
        var b = Metas.raw(2, 0, 48 * HOUR);
        var schedule = new DownsampleSchedule(true);

        assertThat(schedule.due(List.of(a, b), Set.of(), Set.of(), Set.of(), 49 * HOUR))
                .isEmpty();
        assertThat(schedule.due(List.of(a, b), Set.of(), Set.of(a.id()), Set.of(), 49 * HOUR))
                .hasSize(2);
    }

    @Test
    void partialUploads_untouchedForTwoDays_areAbandoned() {
        var modified = new LinkedHashMap<>(Map.of(Metas.id(1), 0L, Metas.id(2), DAY, Metas.id(3), 0L));

        assertThat(PartialUploads.abandoned(modified, Set.of(Metas.id(3)), 2 * DAY + 1))
                .containsExactly(Metas.id(1));
    }
}
