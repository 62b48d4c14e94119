package io.meridian.tsdb.index;

import java.util.ArrayList;
import java.util.List;

/// Joins ranges of a file that lie close together into requests.
public final class RangePlan {
    /// One request, which serves the ranges `from .. to - 1`.
    public record Part(long offset, long length, int from, int to) {}

    private RangePlan() {}

    /// @param offsets ascending
    /// @param lengths ranges may overlap
    public static List<Part> join(long[] offsets, long[] lengths, int count, ReadCost cost) {
        var parts = new ArrayList<Part>();
        int from = 0;
        long end = 0;
        for (int i = 0; i < count; i++) {
            long thisEnd = offsets[i] + lengths[i];
            boolean joins = i > from
                    && offsets[i] - end <= cost.gapBytesMax()
                    && (thisEnd <= end || thisEnd - offsets[from] <= cost.partBytesMax());
            if (i > from && !joins) {
                parts.add(new Part(offsets[from], end - offsets[from], from, i));
                from = i;
            }
            end = i == from ? thisEnd : Math.max(end, thisEnd);
        }
        if (count > from) {
            parts.add(new Part(offsets[from], end - offsets[from], from, count));
        }
        return parts;
    }
}
