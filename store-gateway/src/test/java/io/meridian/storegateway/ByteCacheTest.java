package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.tsdb.block.BlockId;
import org.junit.jupiter.api.Test;

class ByteCacheTest {
    private static ByteCache.Key key(long offset) {
        return new ByteCache.Key(new BlockId(1, 2), offset, 100);
    }

    @Test
    void put_overTheLimit_dropsTheLongestUnused() {
        var cache = new ByteCache(2200);
        for (int i = 0; i < 10; i++) {
            cache.put(key(i), new byte[100]);
        }
        assertThat(cache.size()).isEqualTo(10);
        assertThat(cache.find(key(0))).isNotNull();
        cache.put(key(10), new byte[100]);
        assertThat(cache.find(key(0))).isNotNull();
        assertThat(cache.find(key(1))).isNull();
        assertThat(cache.bytes()).isLessThanOrEqualTo(2200);
        assertThat(cache.requests()).isEqualTo(3);
        assertThat(cache.hits()).isEqualTo(2);
    }

    @Test
    void put_tooLarge_isNotKept() {
        var cache = new ByteCache(2200);
        cache.put(key(0), new byte[1000]);
        assertThat(cache.size()).isZero();
    }
}
