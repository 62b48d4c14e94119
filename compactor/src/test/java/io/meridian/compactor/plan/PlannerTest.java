package io.meridian.compactor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {
    private static final Planner PLANNER = new Planner(new long[] {20, 60, 180, 540, 1620});

    /// Blocks as `min-max`, `!` for a failed one, `#` for one marked no-compact, `~` for one with many tombstones.
    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            one block is left alone,                          0-20,                                            ''
            the newest block does not count,                  0-20 20-40 40-60,                                ''
            a full range,                                     0-20 20-40 40-60 60-80,                          0-20 20-40 40-60
            a range that cannot fill any more,                0-20 20-40 60-80,                                ''
            a range with a gap before the newest,             0-20 20-40 60-80 80-100,                         0-20 20-40
            a gap at the start of the range,                  20-40 40-60 60-80 80-100,                        20-40 40-60
            the next range up,                                0-60 60-120 120-180 180-200 200-220,             0-60 60-120 120-180
            small ranges come first,                          0-60 60-120 120-180 180-200 200-220 220-240 240-260, 180-200 200-220 220-240
            a failed block holds its range,                   0-20 20-40! 40-60 60-80,                         ''
            a failed range does not hold the next,            0-20! 20-40 40-60 60-80 80-100 100-120 120-140,  60-80 80-100 100-120
            a block over the border is left out,              0-20 20-40 30-80 80-100,                         20-40 30-80
            many tombstones in a long block,                  0-540~ 540-560,                                  0-540~
            many tombstones in a short block,                 0-60~ 60-80,                                     ''
            overlap comes first,                              0-20 10-30 40-60,                                0-20 10-30
            an overlap of three,                              0-20 19-40 39-60 60-80,                          0-20 19-40 39-60
            two overlaps one after the other,                 0-20 19-40 40-60 59-80,                          0-20 19-40
            an overlap of the newest,                         0-20 20-40 40-60 50-80,                          40-60 50-80
            a long block over short ones,                     0-360 340-560 360-420 420-540,                   0-360 340-560 360-420 420-540
            no-compact at the start,                          0-20# 20-40 40-60 60-80,                         20-40 40-60
            no-compact in the middle,                         0-20 20-40# 40-60 60-80,                         ''
            no-compact for all but one,                       0-20# 20-40# 40-60 60-80,                        ''
            no-compact blocks do not overlap,                 0-20 10-30# 30-50 60-80,                         ''
            no-compact newest is still the newest,            0-20 20-40 40-60 60-80#,                         0-20 20-40 40-60
            a block over the border at the end,               0-20 20-40 40-80 80-100,                         0-20 20-40
            the later of two with many tombstones,            0-540~ 540-1080~ 1080-1100,                      540-1080~
            the shortest range is not planned for,            0-10 10-20 20-40,                                ''
            across the borders before the epoch,              -80--60 -60--40 -40--20 -20-0 0-20,              -60--40 -40--20 -20-0
            before the epoch,                                 -60--40 -40--20 -20-0 0-20,                      -60--40 -40--20 -20-0
            """)
    void plan_case_givesTheBlocks(String name, String blocks, String expected) {
        var metas = new ArrayList<BlockMeta>();
        Set<BlockId> excluded = new HashSet<>();
        for (String text : blocks.split(" ")) {
            var meta = parse(metas.size() + 1, text);
            metas.add(meta);
            if (text.endsWith("#")) {
                excluded.add(meta.id());
            }
        }

        var plan = PLANNER.plan(metas.reversed(), excluded);

        String actual = plan.stream()
                .map(meta -> blocks.split(" ")[metas.indexOf(meta)])
                .collect(Collectors.joining(" "));
        assertThat(actual).as(name).isEqualTo(expected);
    }

    private static BlockMeta parse(int number, String text) {
        var matcher =
                java.util.regex.Pattern.compile("(-?\\d+)-(-?\\d+)([!#~]?)").matcher(text);
        assertThat(matcher.matches()).as(text).isTrue();
        return Metas.meta(
                number,
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                0,
                1,
                List.of(Metas.id(number)),
                matcher.group(3).equals("~") ? 3 : 0,
                matcher.group(3).equals("!"));
    }

    @Test
    void upTo_unknownLevel_isRefused() {
        assertThat(Arrays.stream(BlockRanges.upTo(2)).boxed()).containsExactly(3_600_000L, 7_200_000L, 28_800_000L);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> BlockRanges.upTo(5))
                .hasMessageContaining("max=4");
    }

    @Test
    void groupPlan_indexWouldPassItsLimit_marksTheLargestAndPlansAnew() {
        var metas = List.of(Metas.raw(1, 0, 20), Metas.raw(2, 20, 40), Metas.raw(3, 40, 60), Metas.raw(4, 60, 80));
        long[] bytes = {0, 10, 70, 30, 10};

        var plan = GroupPlan.of(
                PLANNER,
                metas,
                Set.of(),
                meta -> bytes[Integer.parseInt(meta.id().toString())],
                90);

        assertThat(plan.blocks()).isEmpty();
        assertThat(plan.marks()).extracting(GroupPlan.NoCompact::block).containsExactly(Metas.id(2));
        assertThat(plan.marks()).extracting(GroupPlan.NoCompact::reason).containsExactly("index-size-exceeding");
    }

    @Test
    void groupPlan_overlappingBlocks_areMergedWhateverTheirResolution() {
        var metas = List.of(Metas.raw(1, 0, 20), Metas.raw(2, 10, 30), Metas.raw(3, 40, 60));

        var plan = GroupPlan.of(PLANNER, metas, Set.of(), meta -> 1, 1000);

        assertThat(plan.blocks()).containsExactly(metas.get(0), metas.get(1));
        assertThat(plan.marks()).isEmpty();
    }

    @Test
    void groupPlan_indexesOfEqualLength_marksTheFirst() {
        var metas = List.of(Metas.raw(1, 0, 20), Metas.raw(2, 20, 40), Metas.raw(3, 40, 60), Metas.raw(4, 60, 80));

        var plan = GroupPlan.of(PLANNER, metas, Set.of(), _ -> 40, 100);

        assertThat(plan.marks()).extracting(GroupPlan.NoCompact::block).contains(Metas.id(1));
        assertThat(plan.marks().getFirst().block()).isEqualTo(Metas.id(1));
    }

    @Test
    void groupPlan_oneBlockWithManyTombstones_isRewrittenHoweverLongItsIndexIs() {
        var metas = List.of(Metas.meta(1, 0, 540, 0, 1, List.of(Metas.id(1)), 3, false), Metas.raw(2, 540, 560));

        var plan = GroupPlan.of(PLANNER, metas, Set.of(), _ -> 40, 1);

        assertThat(plan.blocks()).containsExactly(metas.getFirst());
        assertThat(plan.marks()).isEmpty();
    }
}
