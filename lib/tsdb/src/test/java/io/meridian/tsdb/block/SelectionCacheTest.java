package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.tsdb.index.SeriesEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionCacheTest {
    private static final SeriesEntry[] SOME = new SeriesEntry[10];

    private static List<LabelMatcher> name(String value) {
        return List.of(LabelMatcher.equal("__name__", value));
    }

    @Test
    void find_otherMatchersOrOtherBlock_nothing() {
        var cache = new SelectionCache();
        var block = SeriesEntryCache.forBlock();
        cache.put(block, name("up"), SOME);
        assertThat(cache.find(block, name("up"))).isSameAs(SOME);
        assertThat(cache.find(block, name("down"))).isNull();
        assertThat(cache.find(SeriesEntryCache.forBlock(), name("up"))).isNull();
    }

    @Test
    void put_moreThanThereIsRoomFor_thoseNotUsedForLongestGo() {
        var cache = new SelectionCache();
        var block = SeriesEntryCache.forBlock();
        var half = new SeriesEntry[SelectionCache.SELECTION_MAX - 100];
        cache.put(block, name("a"), half);
        cache.put(block, name("b"), half);
        assertThat(cache.find(block, name("a"))).isSameAs(half);
        cache.put(block, name("c"), half);
        assertThat(cache.find(block, name("a"))).isSameAs(half);
        assertThat(cache.find(block, name("b"))).isNull();
        assertThat(cache.find(block, name("c"))).isSameAs(half);
    }

    @Test
    void put_tooMany_isNotKept() {
        var cache = new SelectionCache();
        var block = SeriesEntryCache.forBlock();
        cache.put(block, name("a"), new SeriesEntry[SelectionCache.SELECTION_MAX + 1]);
        assertThat(cache.find(block, name("a"))).isNull();
    }

    @Test
    void forget_ofABlock_leavesTheOthers() {
        var cache = new SelectionCache();
        var gone = SeriesEntryCache.forBlock();
        var other = SeriesEntryCache.forBlock();
        for (int i = 0; i < 5000; i++) {
            cache.put(gone, name("m" + i), SOME);
        }
        cache.put(other, name("up"), SOME);
        cache.forget(gone);
        assertThat(cache.find(gone, name("m4999"))).isNull();
        assertThat(cache.find(other, name("up"))).isSameAs(SOME);
    }
}
