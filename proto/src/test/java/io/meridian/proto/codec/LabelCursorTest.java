package io.meridian.proto.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.testkit.SeededRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LabelCursorTest {
    private static Labels random(RandomGenerator random) {
        var labels = Labels.empty().toBuilder();
        String[] texts = {"a", "b", "ab", "é", "\uD83D\uDE00", "\uFFFD", "\uDCFF", "x".repeat(200), "y".repeat(20_000)};
        for (int i = random.nextInt(5); i > 0; i--) {
            labels.set(texts[random.nextInt(texts.length)], texts[random.nextInt(texts.length)]);
        }
        return labels.build();
    }

    private static LabelCursor at(Labels labels) {
        byte[] encoded = LabelCursor.encode(labels);
        return new LabelCursor().reset(encoded, 0, encoded.length);
    }

    @Test
    void compareRest_isTheOrderOfLabels() {
        var random = SeededRandom.create("compareRest_isTheOrderOfLabels");
        for (int round = 0; round < 1_000; round++) {
            Labels a = random(random);
            Labels b = random.nextInt(5) == 0 ? a : random(random);
            assertThat(Integer.signum(at(a).compareRest(at(b))))
                    .as("%s against %s", a, b)
                    .isEqualTo(Integer.signum(a.compareTo(b)));
        }
    }

    @Test
    void next_readsWhatWasEncoded() {
        var random = SeededRandom.create("next_readsWhatWasEncoded");
        for (int round = 0; round < 200; round++) {
            Labels labels = random(random);
            LabelCursor cursor = at(labels);
            for (int i = 0; i < labels.size(); i++) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.compareName(io.meridian.model.Utf8.encode(labels.name(i))))
                        .isZero();
                assertThat(cursor.hasValue(io.meridian.model.Utf8.encode(labels.value(i))))
                        .isTrue();
            }
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.isUnusual()).isFalse();
        }
    }

    @Test
    void next_damagedBytes_endsWithinThem() {
        var random = SeededRandom.create("next_damagedBytes_endsWithinThem");
        byte[] whole = LabelCursor.encode(Labels.of("__name__", "requests", "job", "x".repeat(300), "zone", "eu"));
        for (int round = 0; round < 5_000; round++) {
            byte[] broken = whole.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            int to = random.nextInt(broken.length + 1);
            var cursor = new LabelCursor().reset(broken, 0, to);
            while (cursor.next()) {
                assertThat(cursor.position()).isLessThanOrEqualTo(to);
            }
            assertThat(cursor.position()).isLessThanOrEqualTo(to);
        }
    }
}
