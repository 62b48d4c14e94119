package io.meridian.storegateway;

import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockMeta;
import java.util.concurrent.atomic.AtomicInteger;

/// An open block that queries share with the catalog. It is closed when the catalog has dropped it and the last query
/// that holds it has ended.
final class ServedBlock {
    private final Block block;
    private final AtomicInteger holders = new AtomicInteger(1);

    ServedBlock(Block block) {
        this.block = block;
    }

    Block block() {
        return block;
    }

    BlockMeta meta() {
        return block.meta();
    }

    TimeRange range() {
        return block.range();
    }

    /// False if the block has been closed already.
    boolean tryHold() {
        while (true) {
            int now = holders.get();
            if (now == 0) {
                return false;
            }
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            block.close();
        }
    }
}
