package io.meridian.compactor.plan;

import io.meridian.model.Labels;
import io.meridian.model.XxHash64;
import io.meridian.tsdb.block.BlockMeta;
import java.nio.charset.StandardCharsets;

/// What blocks must have in common to be merged: resolution and external labels.
public record GroupKey(long resolutionMs, Labels labels) implements Comparable<GroupKey> {
    public static GroupKey of(BlockMeta meta) {
        return new GroupKey(meta.thanos().resolutionMs(), meta.thanos().labels());
    }

    /// Thanos' text of the key: `<resolution>@<hash of the labels>`.
    @Override
    public String toString() {
        return resolutionMs + "@" + Long.toUnsignedString(hash(labels));
    }

    @Override
    public int compareTo(GroupKey other) {
        return toString().compareTo(other.toString());
    }

    private static long hash(Labels labels) {
        var bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < labels.size(); i++) {
            bytes.writeBytes(labels.name(i).getBytes(StandardCharsets.UTF_8));
            bytes.write(0xff);
            bytes.writeBytes(labels.value(i).getBytes(StandardCharsets.UTF_8));
            bytes.write(0xff);
        }
        return XxHash64.hash(bytes.toByteArray());
    }
}
