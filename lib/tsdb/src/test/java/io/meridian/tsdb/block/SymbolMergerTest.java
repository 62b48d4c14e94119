package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Utf8;
import io.meridian.testkit.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SymbolMergerTest {
    @Test
    void iterator_randomSources_givesEachSymbolOnceAscending() {
        var random = SeededRandom.create("SymbolMergerTest");
        for (int round = 0; round < 200; round++) {
            var all = new TreeSet<String>(Utf8::compare);
            var sources = new ArrayList<List<String>>();
            // from symbols that nearly all sources have to symbols that few have
            int share = random.nextInt(10, 101);
            for (int source = random.nextInt(0, 6); source > 0; source--) {
                var own = new TreeSet<String>(Utf8::compare);
                for (int symbol = 0; symbol < 30; symbol++) {
                    if (random.nextInt(100) < share) {
                        own.add("s" + symbol);
                    }
                }
                all.addAll(own);
                sources.add(List.copyOf(own));
            }
            assertThat(new SymbolMerger(sources)).containsExactlyElementsOf(all);
        }
    }
}
