package io.meridian.proto.codec;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.model.XxHash64;
import java.util.Arrays;
import java.util.Set;

/// Which series belong to one shard of a query: xxHash64 over name, 0xFF, value, 0xFF of the chosen labels, modulo the
/// number of shards (Thanos `storepb/shard_info.go`).
public final class ShardFilter {
    private final long shardIndex;
    private final long shardCount;
    private final boolean by;
    private final Set<String> names;
    private byte[] buffer = new byte[1024];

    /// @param by whether `names` are the labels to hash; else the labels to leave out
    public ShardFilter(long shardIndex, long shardCount, boolean by, Set<String> names) {
        this.shardIndex = shardIndex;
        this.shardCount = shardCount;
        this.by = by;
        this.names = names;
    }

    /// Whether every series belongs.
    public boolean isAll() {
        return shardCount < 1;
    }

    /// Not for use by several threads at once.
    public boolean matches(Labels labels) {
        if (isAll()) {
            return true;
        }
        int used = 0;
        for (int i = 0; i < labels.size(); i++) {
            if (names.contains(labels.name(i)) == by) {
                used = append(append(used, labels.name(i)), labels.value(i));
            }
        }
        return Long.remainderUnsigned(XxHash64.hash(buffer, 0, used), shardCount) == shardIndex;
    }

    private int append(int used, String text) {
        byte[] encoded = Utf8.encode(text);
        int end = used + encoded.length;
        if (end >= buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * (end + 1));
        }
        System.arraycopy(encoded, 0, buffer, used, encoded.length);
        buffer[end] = (byte) 0xFF;
        return end + 1;
    }
}
