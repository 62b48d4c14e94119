package io.meridian.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.testkit.SeededRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelKeysTest {
    private static final Set<String> NAMES = Set.of("a", "c");

    @ParameterizedTest(name = "without: {0}")
    @ValueSource(booleans = {false, true})
    void number_randomLabels_likeAMapOfTheLabelsThatCount(boolean without) {
        var random = SeededRandom.create("LabelKeysTest");
        var keys = new LabelKeys(NAMES, without);
        Map<Labels, Integer> expected = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            var builder = Labels.empty().toBuilder();
            for (String name : new String[] {"a", "b", "c", "d"}) {
                builder.set(name, random.nextInt(3) == 0 ? "" : "v" + random.nextInt(8));
            }
            Labels labels = builder.build();
            Labels key = without ? labels.without(NAMES) : labels.only(NAMES);
            Integer known = expected.putIfAbsent(key, expected.size());
            int number = keys.number(labels);
            assertThat(number).isEqualTo(known == null ? expected.size() - 1 : known);
            assertThat(keys.labels(number)).isEqualTo(key);
        }
        assertThat(keys.size()).isEqualTo(expected.size());
    }
}
