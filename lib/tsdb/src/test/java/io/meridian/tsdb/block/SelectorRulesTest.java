package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorRulesTest {
    private static final Labels LABELS = Labels.of("cluster", "a", "region", "eu");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | true",
                "[{action: keep, source_labels: [cluster], regex: a}] | true",
                "[{action: keep, source_labels: [cluster], regex: 'a.'}] | false",
                "[{action: drop, source_labels: [cluster, region], regex: 'a;e.*'}] | false",
                "[{action: drop, source_labels: [cluster, region], separator: '-', regex: 'a-us'}] | true",
                "[{action: keep, source_labels: [__block_id], regex: '01AB'}] | true",
                "[{action: drop, source_labels: [absent], regex: ''}] | false",
            })
    void keeps_followsTheRules(String yaml, boolean kept) {
        assertThat(SelectorRules.parse(yaml).keeps("01AB", LABELS)).isEqualTo(kept);
    }

    @Test
    void hashmod_splitsBlocksWithoutOverlap() {
        for (String id : new String[] {"a", "b", "c", "d", "e"}) {
            long keepers = IntStream.range(0, 3)
                    .filter(shard -> SelectorRules.parse("""
                        - {action: hashmod, source_labels: [__block_id], target_label: shard, modulus: 3}
                        - {action: keep, source_labels: [shard], regex: "%d"}
                        """.formatted(shard)).keeps(id, LABELS))
                    .count();
            assertThat(keepers).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{action: replace}] | rule 1: action replace is not supported",
                "[{action: keep}, {action: hashmod}] | rule 2: hashmod needs a modulus",
                "[{action: keep, regex: '('}] | rule 1",
                "[{action: keep, sources: x}] | rule 1: unknown field sources",
                "{action: keep} | expected a list",
                "[ | not YAML",
            })
    void parse_mistake_isNamed(String yaml, String message) {
        assertThatThrownBy(() -> SelectorRules.parse(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
