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

    @Test
    void duplicates_sourcesOfOtherTimesOrOfNobody_stay() {
        var both = List.of(Metas.id(1), Metas.id(2));
        var wide = Metas.meta(3, 10, 40, 0, 2, both);

        assertThat(Duplicates.of(List.of(wide, Metas.raw(1, 0, 20)))).isEmpty();
        assertThat(Duplicates.of(List.of(wide, Metas.raw(1, 20, 60)))).isEmpty();
        assertThat(Duplicates.of(List.of(wide, Metas.meta(1, 10, 40, 0, 1, List.of()))))
                .isEmpty();
        assertThat(Duplicates.of(List.of(wide, Metas.meta(4, 10, 40, 0, 2, List.of(Metas.id(2), Metas.id(5))))))
                .isEmpty();
    }

    @Test
    void duplicates_equalSourcesOfAnotherLength_theLongerStays() {
        var both = List.of(Metas.id(1), Metas.id(2));
        var older = Metas.meta(3, 0, 20, 0, 2, both);

        assertThat(Duplicates.of(List.of(older, Metas.meta(4, 0, 40, 0, 2, both))))
                .containsExactly(older);
    }

    @Test
    void retention_fiveMinutesExpiredToo_waitsForOneHour() {
        var policy = RetentionPolicy.of(Duration.ofDays(1), Duration.ofDays(1), Duration.ZERO);
        var blocks = List.of(Metas.raw(1, 0, HOUR));

        assertThat(new Retention(policy, true).decide(blocks, blocks, 3 * DAY))
                .extracting(Retention.Decision::waitsFor)
                .containsExactly(Resolutions.ONE_HOUR);
    }

    @Test
    void retention_partOfASecond_doesNotCount() {
        var policy = RetentionPolicy.of(Duration.ofDays(1), Duration.ZERO, Duration.ZERO);

        assertThat(canGo(new Retention(policy, false), List.of(Metas.raw(1, 0, HOUR + 999)), DAY + HOUR + 1))
                .hasSize(1);
    }

    @Test
    void downsampling_onlyOneHourIsWanted_makesWhatItIsMadeOfOnce() {
        var policy = RetentionPolicy.of(Duration.ofDays(90), Duration.ofDays(1), Duration.ZERO);
        var schedule = new DownsampleSchedule(false, new Retention(policy, true));
        var raw = Metas.raw(1, 0, HOUR);
        var hours = Metas.meta(2, 0, HOUR, Resolutions.ONE_HOUR, 1, List.of(Metas.id(1)));

        assertThat(schedule.due(List.of(raw), Set.of(), Set.of(), Set.of(), 20 * DAY))
                .containsExactly(new DownsampleSchedule.Step(raw, Resolutions.FIVE_MINUTES));
        assertThat(schedule.due(List.of(raw, hours), Set.of(), Set.of(), Set.of(), 20 * DAY))
                .isEmpty();
    }

    @Test
    void downsampling_borders_areMet() {
        var schedule = new DownsampleSchedule(true);
        var raw = Metas.raw(1, 0, 40 * HOUR);
        var next = Metas.raw(2, 40 * HOUR, 80 * HOUR);
        var merged = Metas.meta(3, 0, 8 * HOUR, Resolutions.FIVE_MINUTES, 2, List.of(Metas.id(3)));

        assertThat(schedule.due(List.of(raw, next), Set.of(), Set.of(), Set.of(), 80 * HOUR))
                .as("a span of exactly 40 h; neighbours do not overlap")
                .hasSize(2);
        assertThat(schedule.due(List.of(merged), Set.of(), Set.of(), Set.of(), 9 * HOUR))
                .as("1h is never made early")
                .isEmpty();
        assertThat(schedule.due(List.of(raw), Set.of(raw.id()), Set.of(), Set.of(), 80 * HOUR))
                .as("marked")
                .isEmpty();
    }

    @Test
    void downsampling_otherTimesOfTheSameSources_doNotCount() {
        var schedule = new DownsampleSchedule(false);
        var raw = Metas.raw(1, 0, 40 * HOUR);
        var elsewhere = Metas.meta(2, 80 * HOUR, 120 * HOUR, Resolutions.FIVE_MINUTES, 1, List.of(Metas.id(1)));
        var nobodys = Metas.meta(3, 0, 40 * HOUR, 0, 1, List.of());

        assertThat(schedule.due(List.of(raw, elsewhere), Set.of(), Set.of(), Set.of(), 80 * HOUR))
                .extracting(DownsampleSchedule.Step::block)
                .contains(raw);
        assertThat(schedule.due(List.of(nobodys), Set.of(), Set.of(), Set.of(), 80 * HOUR))
                .hasSize(1);
    }

    @Test
    void downsampling_blockThatCannotBeRead_isMadeAgain() {
        var schedule = new DownsampleSchedule(false);
        var raw = Metas.raw(1, 0, 40 * HOUR);
        var made = Metas.meta(2, 0, 40 * HOUR, Resolutions.FIVE_MINUTES, 1, List.of(Metas.id(1)));
        var marked = Set.of(made.id());

        assertThat(schedule.due(List.of(raw, made), marked, Set.of(), Set.of(), 80 * HOUR))
                .isEmpty();
        assertThat(schedule.due(List.of(raw, made), marked, Set.of(), marked, 80 * HOUR))
                .extracting(DownsampleSchedule.Step::block)
                .containsExactly(raw);
    }

    @Test
    void partialUploads_untouchedForExactlyTwoDays_areNotAbandonedYet() {
        assertThat(PartialUploads.abandoned(Map.of(Metas.id(1), 0L), Set.of(), 2 * DAY))
                .isEmpty();
    }
}
