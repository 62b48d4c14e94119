package io.meridian.proto.codec;

import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import java.util.Arrays;

/// Collects the `Label` fields of one series; strings are shared between series. For one thread.
public final class LabelReader {
    private static final int NAME = 1 << 3 | ProtoReader.BYTES;
    private static final int VALUE = 2 << 3 | ProtoReader.BYTES;
    /// Most labels of one series.
    private static final int COUNT_MAX = 1 << 16;

    private final StringTable strings = new StringTable();
    private String[] pairs = new String[32];
    private int size;
    private boolean sorted = true;

    public void clear() {
        size = 0;
        sorted = true;
    }

    /// Reads the `Label` message that follows its tag.
    public void add(ProtoReader in) {
        String name = "";
        String value = "";
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case NAME -> {
                    int length = in.length();
                    name = strings.get(in.array(), in.take(length), length);
                }
                case VALUE -> {
                    int length = in.length();
                    value = strings.get(in.array(), in.take(length), length);
                }
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        if (value.isEmpty()) {
            return;
        }
        if (size == 2 * COUNT_MAX) {
            throw in.corrupt("series has more than " + COUNT_MAX + " labels");
        }
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * size);
        }
        sorted = sorted && (size == 0 || Utf8.compare(pairs[size - 2], name) < 0);
        pairs[size++] = name;
        pairs[size++] = value;
    }

    /// The labels read since [#clear]; where a name came twice, the later value.
    public Labels labels() {
        String[] exact = Arrays.copyOf(pairs, size);
        if (sorted) {
            return Labels.ofSorted(exact);
        }
        var builder = Labels.empty().toBuilder();
        for (int i = 0; i < size; i += 2) {
            builder.set(exact[i], exact[i + 1]);
        }
        return builder.build();
    }
}
