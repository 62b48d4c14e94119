package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PostingsTest {
    private static final int ROUNDS = 2_000;

    private static NavigableSet<Long> randomSet(RandomGenerator random) {
        var set = new TreeSet<Long>();
        int size = random.nextInt(5) == 0 ? 0 : random.nextInt(1200);
        long spread = 1 + random.nextInt(1 << random.nextInt(12));
        for (int i = 0; i < size; i++) {
            set.add(random.nextLong(spread * size));
        }
        return set;
    }

    private static Postings of(NavigableSet<Long> set) {
        return Postings.of(set.stream().mapToLong(Long::longValue).toArray());
    }

    private record Case(Postings actual, NavigableSet<Long> expected) {}

    private static Case randomCase(RandomGenerator random, int depth) {
        if (depth == 0) {
            var set = randomSet(random);
            return new Case(of(set), set);
        }
        int count = 1 + random.nextInt(3);
        var parts = new ArrayList<Case>();
        for (int i = 0; i < count; i++) {
            parts.add(randomCase(random, depth - 1));
        }
        var cursors = parts.stream().map(Case::actual).toList();
        var expected = new TreeSet<>(parts.getFirst().expected());
        int kind = random.nextInt(3);
        if (kind == 0) {
            parts.forEach(part -> expected.retainAll(part.expected()));
            return new Case(Postings.intersect(cursors), expected);
        }
        if (kind == 1) {
            parts.forEach(part -> expected.addAll(part.expected()));
            return new Case(Postings.merge(cursors), expected);
        }
        if (count == 1) {
            return parts.getFirst();
        }
        expected.removeAll(parts.getLast().expected());
        return new Case(Postings.without(cursors.getFirst(), cursors.getLast()), expected);
    }

    @Test
    void algebra_ofRandomSets_isThatOfSets() {
        var random = SeededRandom.create("PostingsTest.algebra");
        for (int round = 0; round < ROUNDS; round++) {
            var one = randomCase(random, random.nextInt(4));
            assertThat(Postings.toArray(one.actual()))
                    .containsExactly(one.expected().toArray(Long[]::new));
        }
    }

    @Test
    void seek_betweenFills_skipsWhatIsBelow() {
        var random = SeededRandom.create("PostingsTest.seek");
        for (int round = 0; round < ROUNDS; round++) {
            var one = randomCase(random, random.nextInt(4));
            long last = -1;
            var batch = new long[1 + random.nextInt(300)];
            var left = one.expected();
            while (true) {
                if (random.nextBoolean()) {
                    long target = last + random.nextLong(500);
                    one.actual().seek(target);
                    left = new TreeSet<>(left.tailSet(target, true));
                }
                int n = one.actual().fill(batch);
                assertThat(n > 0).isEqualTo(!left.isEmpty());
                if (n == 0) {
                    break;
                }
                for (int i = 0; i < n; i++) {
                    assertThat(batch[i]).isEqualTo(left.removeFirst());
                    last = batch[i];
                }
            }
        }
    }

    @Test
    void pattern_ofAnyShape_isUnderstoodOrLeftAlone() {
        assertThat(PatternShape.alternatives("a|b|")).containsExactly("a", "b", "");
        assertThat(PatternShape.alternatives("a\\.b")).containsExactly("a.b");
        for (String open : List.of("a.b", "(a|b)", "a+", "[ab]", "^a", "a$", "\\d", "a{2}", "\\pN", "a\\")) {
            assertThat(PatternShape.alternatives(open)).as(open).isNull();
        }
        assertThat(PatternShape.prefix("abc.*")).isEqualTo("abc");
        assertThat(PatternShape.prefix("abc?d")).isEqualTo("ab");
        assertThat(PatternShape.prefix("a\\.b(c|d)")).isEmpty();
        assertThat(PatternShape.prefix("a\\.b[cd]")).isEqualTo("a.b");
        assertThat(PatternShape.prefix("a\\d|b")).isEmpty();
        assertThat(PatternShape.prefix("(?i)a")).isEmpty();
        assertThat(PatternShape.prefix("x😀*")).isEqualTo("x");
    }
}
