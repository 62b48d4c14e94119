package io.meridian.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LoserTreeTest {
    private record Entry(int key, int cursor) {}

    @Test
    void merge_randomCursors_equalsStableSort() {
        var random = new SplittableRandom(7);
        for (int count = 0; count < 20; count++) {
            var all = new ArrayList<Entry>();
            var cursors = new ArrayList<LoserTree.Cursor<Entry>>();
            for (int c = 0; c < count; c++) {
                int id = c;
                var entries = random.ints(random.nextInt(9), 0, 12)
                        .sorted()
                        .mapToObj(key -> new Entry(key, id))
                        .toList();
                all.addAll(entries);
                var iterator = entries.iterator();
                cursors.add(() -> iterator.hasNext() ? iterator.next() : null);
            }
            all.sort(Comparator.comparingInt(Entry::key));

            var tree = new LoserTree<>(cursors, Comparator.comparingInt(Entry::key));
            List<Entry> merged = new ArrayList<>();
            for (Entry e = tree.key(); e != null; e = tree.key()) {
                assertThat(tree.cursor()).isEqualTo(e.cursor());
                merged.add(e);
                tree.advance();
            }

            assertThat(merged).isEqualTo(all);
        }
    }
}
